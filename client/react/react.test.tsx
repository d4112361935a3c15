// @vitest-environment jsdom
import { act, cleanup, render, screen } from "@testing-library/react";
import { StrictMode, useEffect, type JSX } from "react";
import { renderToString } from "react-dom/server";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DEFAULT_CHOICES } from "../../core/shared/choices";
import {
  PresenceProvider,
  usePresence,
  usePresenceClient,
  useOwnPresence,
  useUserPresence,
  type OwnPresenceControls,
} from "./react";
import { createClientRegistry, type ClientRegistry } from "../client/registry";
import { FakeEnvironment, fakeUser } from "../testing/fake-environment";

let env: FakeEnvironment;
let registry: ClientRegistry;
let renders: Map<string, number>;
const getToken = async (): Promise<string> => "token";
const scope = { host: "localhost:1999", room: "lobby", getToken };

function count(name: string): void {
  renders.set(name, (renders.get(name) ?? 0) + 1);
}

function Status(): JSX.Element {
  const { connection, counts } = usePresence();
  return <p>{`${connection.status}, ${counts.online} online`}</p>;
}

function User({ id }: { id: string }): JSX.Element {
  count(id);
  return <p>{`${id} is ${useUserPresence(id)?.status ?? "unknown"}`}</p>;
}

async function passTime(ms: number): Promise<void> {
  await act(async () => {
    await env.advance(ms);
  });
}

beforeEach(() => {
  env = new FakeEnvironment();
  registry = createClientRegistry(env);
  renders = new Map();
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

describe("[CN3] one socket", () => {
  test("[CN3] Strict Mode and twenty hooks open one socket", async () => {
    const twenty = Array.from({ length: 20 }, (_, index) => <Status key={index} />);
    render(
      <StrictMode>
        <PresenceProvider {...scope} registry={registry}>
          {twenty}
        </PresenceProvider>
        <PresenceProvider {...scope} registry={registry}>
          <User id="ann" />
        </PresenceProvider>
      </StrictMode>,
    );
    await passTime(1_000);
    expect(env.sockets).toHaveLength(1);
    act(() => env.socket.accept().sync([fakeUser("ann")]));
    expect(screen.getAllByText("live, 1 online")).toHaveLength(20);
    expect(screen.getByText("ann is online")).toBeTruthy();
  });

  test("[CN3] a provider that quickly replaces another keeps the socket", async () => {
    const page = (key: string): JSX.Element => (
      <PresenceProvider key={key} {...scope} registry={registry}>
        <Status />
      </PresenceProvider>
    );
    const { rerender, unmount } = render(page("a"));
    await passTime(0);
    act(() => env.socket.accept().sync([fakeUser("ann")]));
    rerender(page("b"));
    unmount();
    await passTime(100);
    render(page("c"));
    await passTime(1_000);
    expect(env.sockets).toHaveLength(1);
    expect(screen.getByText("live, 1 online")).toBeTruthy();
  });

  test("[CN3] [GR1] the last provider that unmounts ends the connection, and leaves nothing behind", async () => {
    const { unmount } = render(
      <PresenceProvider {...scope} registry={registry}>
        <Status />
      </PresenceProvider>,
    );
    await passTime(0);
    env.socket.accept().sync([fakeUser("ann")]);
    unmount();
    await passTime(200);
    expect(env.held).toHaveLength(0);
    expect(env.socket.sent.at(-1)).toEqual({ type: "leaving" });
    expect(env.leftovers).toBe(0);
  });

  test("[CN3] another room, host or observe is another connection", async () => {
    const shapes = [{}, { room: "attic" }, { host: "elsewhere" }, { observe: true }];
    render(
      <>
        {shapes.map((shape, index) => (
          <PresenceProvider key={index} {...scope} {...shape} registry={registry}>
            <Status />
          </PresenceProvider>
        ))}
      </>,
    );
    await passTime(0);
    expect(env.held).toHaveLength(4);
  });

  test("[GR2] a provider that mounts after a sign-out connects again", async () => {
    const page = (
      <PresenceProvider {...scope} registry={registry}>
        <Status />
      </PresenceProvider>
    );
    const { unmount } = render(page);
    await passTime(0);
    act(() => env.socket.accept().end(4410));
    expect(screen.getByText("stopped, 0 online")).toBeTruthy();
    unmount();
    render(page);
    await passTime(1_000);
    expect(env.held).toHaveLength(1);
  });
});

describe("rendering", () => {
  test("[SY3] useUserPresence renders again only when that user changes", async () => {
    render(
      <PresenceProvider {...scope} registry={registry}>
        <User id="ann" />
        <User id="ben" />
      </PresenceProvider>,
    );
    await passTime(0);
    act(() => env.socket.accept().sync([fakeUser("ann"), fakeUser("ben"), fakeUser("cleo")]));
    const before = new Map(renders);
    act(() => env.socket.diff({ seq: 1, changed: [{ id: "ben", status: "away" }] }));
    act(() => env.socket.diff({ seq: 2, changed: [{ id: "cleo", status: "away" }] }));
    act(() => env.socket.ping());
    act(() => env.socket.end());
    expect(screen.getByText("ben is away")).toBeTruthy();
    expect(renders.get("ann")).toBe(before.get("ann"));
    expect(renders.get("ben")).toBe((before.get("ben") ?? 0) + 1);
  });

  test("[SY3] of 5,000 people on a page only the one who changes renders again", async () => {
    const ids = Array.from({ length: 5_000 }, (_, index) => `u${index}`);
    render(
      <PresenceProvider {...scope} registry={registry}>
        {ids.map((id) => (
          <User key={id} id={id} />
        ))}
      </PresenceProvider>,
    );
    await passTime(0);
    act(() => env.socket.accept().sync(ids.map((id) => fakeUser(id))));
    renders.clear();
    act(() => env.socket.diff({ seq: 1, changed: [{ id: "u2500", status: "away" }] }));
    expect([...renders]).toEqual([["u2500", 1]]);
    expect(screen.getByText("u2500 is away")).toBeTruthy();
    renders.clear();
    act(() => env.socket.diff({ seq: 2, removed: ["u17"] }));
    expect([...renders]).toEqual([["u17", 1]]);
  });

  test("the token source that rendered last is used", async () => {
    const first = vi.fn<() => Promise<string>>(async () => "first");
    const second = vi.fn<() => Promise<string>>(async () => "second");
    const page = (source: () => Promise<string>): JSX.Element => (
      <PresenceProvider {...scope} getToken={source} registry={registry}>
        <Status />
      </PresenceProvider>
    );
    const { rerender } = render(page(first));
    await passTime(0);
    env.socket.accept().sync([fakeUser("ann")]);
    rerender(page(second));
    act(() => env.socket.end());
    await passTime(2_000);
    expect(env.socket.target.params["token"]).toBe("second");
    expect(first).toHaveBeenCalledTimes(1);
  });

  test("a server renders it without a window, and does not connect", () => {
    vi.stubGlobal("window", undefined);
    vi.stubGlobal("document", undefined);
    const html = renderToString(
      <PresenceProvider {...scope} registry={registry}>
        <Status />
        <User id="ann" />
      </PresenceProvider>,
    );
    vi.unstubAllGlobals();
    expect(html).toContain("idle, 0 online");
    expect(html).toContain("ann is unknown");
    expect(env.sockets).toHaveLength(0);
    expect(env.leftovers).toBe(0);
  });

  test("mistakes give errors with advice", () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    function Lost(): null {
      usePresenceClient();
      return null;
    }
    expect(() => render(<Lost />)).toThrow(/wrap this component.*<PresenceProvider/);
    expect(() =>
      render(
        // @ts-expect-error The types forbid it.
        <PresenceProvider host="h" room="lobby" registry={registry} />,
      ),
    ).toThrow(/give it tokenUrl/);
  });
});

describe("[ST3] useOwnPresence", () => {
  function Own({ onOwn }: { onOwn: (own: OwnPresenceControls) => void }): JSX.Element {
    count("own");
    const own = useOwnPresence();
    useEffect(() => {
      onOwn(own);
    });
    return <p>{`I am ${own.availability}`}</p>;
  }

  test("[ST3 SY3] renders when the own user or a choice changes, and its functions are always the same", async () => {
    let own: OwnPresenceControls | null = null as OwnPresenceControls | null;
    render(
      <PresenceProvider {...scope} registry={registry}>
        <Own onOwn={(latest) => (own = latest)} />
      </PresenceProvider>,
    );
    await passTime(1_000);
    act(() => {
      env.socket.accept().sync([fakeUser("ann")]);
    });
    const before = own;
    if (!before) throw new Error("nothing was rendered");
    const rendered = renders.get("own");
    act(() => env.socket.diff({ seq: 1, added: [fakeUser("ben")] }));
    expect(renders.get("own")).toBe(rendered);
    act(() => before.setAvailability("dnd"));
    expect(screen.getByText("I am dnd")).toBeDefined();
    act(() => env.socket.say({ type: "choices", ...DEFAULT_CHOICES, request: 1, availability: "away" }));
    expect(screen.getByText("I am away")).toBeDefined();
    expect(own?.setAvailability).toBe(before.setAvailability);
    expect(own?.setMessage).toBe(before.setMessage);
    expect(own?.setHideLastSeen).toBe(before.setHideLastSeen);
  });
});
