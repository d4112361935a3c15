// @vitest-environment jsdom
import { act, cleanup, render } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FIRST_PAGE, type PageQuery } from "../../core/shared/page-query";
import { PresenceProvider } from "./react";
import { createClientRegistry } from "../client/registry";
import { FakeEnvironment, fakeUser, FAKE_TIMINGS } from "../testing/fake-environment";
import { useRosterPage } from "./use-roster-page";

const people = ["ann", "ben", "cleo", "dora"].map((id) => fakeUser(id));
const [ann, ben, cleo, dora] = people as [
  (typeof people)[0],
  (typeof people)[0],
  (typeof people)[0],
  (typeof people)[0],
];
const COUNTS = { online: 9_000, away: 0, offline: 0 };

let env: FakeEnvironment;
let element: HTMLElement;
let show: (query: Partial<PageQuery>) => void;

function Page({ query }: { query: PageQuery }) {
  const { rows, total, loading } = useRosterPage(query);
  return (
    <p>{`${rows.map(({ id, status }) => `${id}:${status}`).join(" ")} of ${total} ${loading ? "…" : ""}`}</p>
  );
}

beforeEach(async () => {
  env = new FakeEnvironment();
  const registry = createClientRegistry(env);
  const view = (query: Partial<PageQuery>) => (
    <PresenceProvider host="h" room="lobby" getToken={async () => "token"} registry={registry}>
      <Page query={{ ...FIRST_PAGE, sort: "name", ...query }} />
    </PresenceProvider>
  );
  const { container, rerender } = render(view({ limit: 2 }));
  element = container;
  show = (query) => rerender(view(query));
  await act(() => env.settle());
  env.socket.accept();
});

afterEach(cleanup);

test("[VW2] in a room that is sent whole the rows come from the roster, and follow it", async () => {
  await act(async () => env.socket.sync(people));
  expect(element.textContent).toBe("ann:online ben:online of 4 ");
  await act(async () => env.socket.diff({ seq: 1, changed: [{ id: "ben", status: "away" }] }));
  expect(element.textContent).toBe("ann:online ben:away of 4 ");
  show({ limit: 2, offset: 2 });
  expect(element.textContent).toBe("cleo:online dora:online of 4 ");
});

test("[VW2] in a large room the rows are requested, follow their users, and stay until the next rows arrive", async () => {
  await act(async () => env.socket.sync([ann, ben], 0, FAKE_TIMINGS, "pages", COUNTS));
  await act(async () => env.socket.page([ann, ben], 9_000));
  expect(element.textContent).toBe("ann:online ben:online of 9000 ");
  await act(async () => env.socket.diff({ seq: 4, changed: [{ id: "ben", status: "away" }] }));
  expect(element.textContent).toBe("ann:online ben:away of 9000 ");
  show({ limit: 2, offset: 2 });
  expect(element.textContent).toContain("…");
  await act(async () => env.socket.page([cleo, dora], 9_000, 5));
  expect(element.textContent).toBe("cleo:online dora:online of 9000 ");
});

test("[VW2] after a reconnect the same rows are requested again", async () => {
  await act(async () => env.socket.sync([ann, ben], 0, FAKE_TIMINGS, "pages", COUNTS));
  show({ limit: 2, offset: 2 });
  await act(async () => env.socket.page([cleo, dora], 9_000));
  env.socket.end();
  await act(() => env.advance(2_000));
  env.socket.accept();
  await act(async () => env.socket.sync([ann, ben], 0, FAKE_TIMINGS, "pages", COUNTS));
  expect(env.socket.sent.findLast(({ type }) => type === "page")).toMatchObject({ query: { offset: 2 } });
  await act(async () => env.socket.page([cleo, dora], 9_000));
  expect(element.textContent).toBe("cleo:online dora:online of 9000 ");
});
