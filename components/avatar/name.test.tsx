// @vitest-environment jsdom
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { PresenceProvider, usePresence } from "../../client/react/react";
import { createClientRegistry } from "../../client/client/registry";
import { FakeEnvironment, fakeUser } from "../../client/testing/fake-environment";
import { NotifyButton } from "../notify/notify-button";
import { Name } from "./name";

afterEach(cleanup);

function Names() {
  const { users } = usePresence();
  return users.map((user) => (
    <p key={user.id} data-testid={user.id}>
      <Name user={user} />
      <NotifyButton user={user} watches={[]} onToggle={() => {}} />
    </p>
  ));
}

const shown = (id: string) => screen.getByTestId(id).textContent;

test("[NM1] ids are shown beside names that look alike, as people come, are renamed and go", async () => {
  const env = new FakeEnvironment();
  render(
    <PresenceProvider
      host="h"
      room="lobby"
      getToken={async () => "token"}
      registry={createClientRegistry(env)}
    >
      <Names />
    </PresenceProvider>,
  );
  await act(() => env.settle());
  const socket = env.socket.accept();
  const away = { status: "away" } as const;
  await act(async () =>
    socket.sync([fakeUser("u1", { name: "Ada", ...away }), fakeUser("u2", { name: "Ben" })]),
  );
  expect([shown("u1"), shown("u2")]).toEqual(["Ada", "Ben"]);
  await act(async () => socket.diff({ seq: 1, added: [fakeUser("u3", { name: "АDА" })] }));
  expect([shown("u1"), shown("u2"), shown("u3")]).toEqual(["Ada u1", "Ben", "АDА u3"]);
  expect(screen.getByRole("button", { name: "Notify me when Ada (u1) is online" })).toBeDefined();
  await act(async () => socket.diff({ seq: 2, changed: [{ id: "u3", name: "Ben" }] }));
  expect([shown("u1"), shown("u2"), shown("u3")]).toEqual(["Ada", "Ben u2", "Ben u3"]);
  await act(async () => socket.diff({ seq: 3, removed: ["u2"] }));
  expect([shown("u1"), shown("u3")]).toEqual(["Ada", "Ben"]);
});

test("[NM1] outside a provider a name is shown alone, isolated", () => {
  const { container } = render(<Name user={{ id: "u1", name: "Ada" }} />);
  expect(container.innerHTML).toBe("<bdi>Ada</bdi>");
});
