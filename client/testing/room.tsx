import { act, render, type RenderResult } from "@testing-library/react";
import type { ReactNode } from "react";
import type { User } from "../../core/shared/terms";
import { createClientRegistry } from "../client/registry";
import { PresenceProvider } from "../react/react";
import { FakeEnvironment, type FakeSocket } from "./fake-environment";

/** A page that is connected with a fake room. */
export interface RenderedRoom extends RenderResult {
  readonly env: FakeEnvironment;
  readonly socket: FakeSocket;
}

/** Renders `page` within a provider whose room has these users. The own user is «ann» unless `self` says otherwise. */
export async function renderRoom(
  page: ReactNode,
  users: readonly User[],
  self = "ann",
): Promise<RenderedRoom> {
  const env = new FakeEnvironment();
  const registry = createClientRegistry(env);
  const getToken = async (): Promise<string> => "token";
  const wrapper = ({ children }: { children: ReactNode }) => (
    <PresenceProvider host="h" room="lobby" getToken={getToken} registry={registry}>
      {children}
    </PresenceProvider>
  );
  const rendered = render(page, { wrapper });
  await act(() => env.settle());
  const socket = env.socket.accept();
  await act(async () => socket.sync(users, 0, undefined, "roster", undefined, null, self));
  return { ...rendered, env, socket };
}
