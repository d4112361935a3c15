// @vitest-environment jsdom
import { act, cleanup, render } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { encodeDiffPart } from "../../core/wire/encode";
import type { Scope } from "../../core/shared/scope";
import { PresenceProvider } from "./react";
import { createClientRegistry } from "../client/registry";
import { FakeEnvironment, fakeUser, FAKE_TIMINGS } from "../testing/fake-environment";
import { useRoomSummary } from "./use-room-summary";

let env: FakeEnvironment;
const onRender = vi.fn<() => void>();

function Summary() {
  onRender();
  const counts = useRoomSummary();
  return <p>{counts ? `${counts.online} ${counts.away} ${counts.offline}` : "unknown"}</p>;
}

async function show(scope: Scope): Promise<HTMLElement> {
  const { container } = render(
    <PresenceProvider
      host="h"
      room="lobby"
      scope={scope}
      getToken={async () => "token"}
      registry={createClientRegistry(env)}
    >
      <Summary />
    </PresenceProvider>,
  );
  await act(() => env.settle());
  env.socket.accept();
  return container;
}

beforeEach(() => {
  env = new FakeEnvironment();
  onRender.mockClear();
});
afterEach(cleanup);

test("[SY3] the roster is counted, and a changed count renders again, not each diff", async () => {
  const shown = await show({ kind: "roster" });
  expect(shown.textContent).toBe("unknown");
  await act(async () => env.socket.sync([fakeUser("ann"), fakeUser("ben"), fakeUser("cleo")]));
  expect(shown.textContent).toBe("3 0 0");
  onRender.mockClear();
  await act(async () => env.socket.diff({ seq: 1, changed: [{ id: "ann", name: "Anna" }] }));
  await act(async () => env.socket.ping());
  await act(async () => env.socket.echo());
  expect(onRender).not.toHaveBeenCalled();
  await act(async () => env.socket.diff({ seq: 2, changed: [{ id: "ben", status: "away" }] }));
  expect(shown.textContent).toBe("2 1 0");
  expect(onRender).toHaveBeenCalledOnce();
  // One user comes as another goes, so the counts are the same.
  onRender.mockClear();
  await act(async () =>
    env.socket.diff({
      seq: 3,
      changed: [
        { id: "ann", status: "away" },
        { id: "ben", status: "online" },
      ],
    }),
  );
  expect(onRender).not.toHaveBeenCalled();
});

test("[VW1] with the scope `summary` the server counts, and sends no users", async () => {
  const shown = await show({ kind: "summary" });
  expect(env.socket.target.params["scope"]).toBe("summary");
  const counts = { online: 4_000, away: 20, offline: 7 };
  await act(async () => env.socket.sync([fakeUser("ann")], 0, FAKE_TIMINGS, "summary", counts));
  expect(shown.textContent).toBe("4000 20 7");
  const changed = { online: 3_999, away: 21, offline: 7 };
  const diff = encodeDiffPart({ seq: 5, now: env.serverNow(), rows: [], removed: [], counts: changed });
  await act(async () => env.socket.sayRaw(diff));
  expect(shown.textContent).toBe("3999 21 7");
});

test("[SY6] without a connection the counts stay", async () => {
  const shown = await show({ kind: "roster" });
  await act(async () => env.socket.sync([fakeUser("ann")]));
  await act(async () => env.socket.end());
  expect(shown.textContent).toBe("1 0 0");
});
