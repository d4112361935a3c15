// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { Arrival } from "./arrival";
import { fakeServer } from "../testing/fake-server";

const router = vi.hoisted(() => ({ replace: vi.fn<(path: string) => void>() }));
vi.mock("next/navigation", () => ({ useRouter: () => router }));
vi.mock("../theme/theme", () => ({ ThemeSwitch: () => null }));

const ADA = { id: "user_1", name: "Ada", picture: null, isAdmin: false };
const BEN = { id: "user_2", name: "Ben", picture: null, home: "/rooms/board", isSame: false };

const server = fakeServer();

/** Opens a link. The server returns `who` for its token, and signs in if the browser keeps cookies. */
function follow(who: object, hash = "#token=the-token&room=design", keepsCookies = true): void {
  let said = { arriving: ADA, current: null, isAdmin: false, ...who };
  server.mockImplementation(async (_, init) => {
    if (init?.method === "GET") return Response.json(said);
    if (keepsCookies) said = { ...said, current: { ...BEN, ...ADA, isSame: true } as never };
    return Response.json({ home: "/" });
  });
  window.history.replaceState(null, "", `/arrive${hash}`);
  render(<Arrival />);
}

const asked = () => server.mock.calls.map(([, init]) => init?.method);

test("[SE5] a link signs nobody in before its user presses the button", async () => {
  follow({});
  const button = await screen.findByRole("button", { name: "Continue as Ada" });
  expect(screen.getByRole("heading").textContent).toBe("Are you Ada?");
  expect(asked()).toEqual(["GET"]);
  expect(router.replace).not.toHaveBeenCalled();
  fireEvent.click(button);
  await waitFor(() => expect(router.replace).toHaveBeenCalledExactlyOnceWith("/rooms/design"));
  expect(asked()).toEqual(["GET", "POST", "GET"]);
  expect(server).toHaveBeenNthCalledWith(
    2,
    "/api/session",
    expect.objectContaining({ headers: { Authorization: "Bearer the-token" } }),
  );
});

test("[SE5] the signed-in user is shown, and may stay", async () => {
  follow({ current: BEN });
  expect((await screen.findByRole("link", { name: "Stay as Ben" })).getAttribute("href")).toBe(
    "/rooms/design",
  );
  expect(screen.getByText("Signed in now").parentElement?.textContent).toContain("Ben");
  expect(asked()).toEqual(["GET"]);
});

test("[SE5] a user who is already signed in continues without the button", async () => {
  follow({ current: { ...BEN, ...ADA, isSame: true } }, "#token=the-token");
  await waitFor(() => expect(router.replace).toHaveBeenCalledExactlyOnceWith("/"));
  expect(asked()).toEqual(["GET", "POST", "GET"]);
});

test("[BR1] a browser that keeps no cookie gets an error, and stays on the page", async () => {
  follow({}, "#token=the-token&room=design", false);
  fireEvent.click(await screen.findByRole("button", { name: "Continue as Ada" }));
  await screen.findByText(/did not keep your sign-in/);
  expect(router.replace).not.toHaveBeenCalled();
});

test.each([
  [{ isAdmin: true }, /signs the admin out/],
  [{ arriving: { ...ADA, isAdmin: true } }, /as Ada, an admin/],
])("[SE5] the consequences for an admin are shown before: %j", async (who, words) => {
  follow(who);
  await screen.findByRole("button", { name: /^Continue as/ });
  expect(document.body.textContent).toMatch(words);
});

test("[SE1] the token is removed from the address, and a link without one gives an error", async () => {
  follow({});
  expect(window.location.hash).toBe("");
  await screen.findByRole("button", { name: "Continue as Ada" });
  cleanup();
  server.mockClear();
  follow({}, "#room=design");
  expect((await screen.findByRole("alert")).textContent).toContain("brought no sign-in");
  expect(server).not.toHaveBeenCalled();
});

test("[SE1] another link in the same tab is checked again", async () => {
  follow({});
  await screen.findByRole("button", { name: "Continue as Ada" });
  server.mockResolvedValue(
    Response.json({ arriving: { ...ADA, id: "user_3", name: "Cleo" }, current: null, isAdmin: false }),
  );
  window.location.hash = "#token=another";
  await screen.findByRole("button", { name: "Continue as Cleo" });
  expect(window.location.hash).toBe("");
});

test("the server's error is shown at the button, which can be pressed again", async () => {
  follow({});
  const button = await screen.findByRole("button", { name: "Continue as Ada" });
  server.mockResolvedValue(Response.json({ detail: "the token has expired" }, { status: 401 }));
  fireEvent.click(button);
  await screen.findByText("The token has expired.");
  expect(button).toHaveProperty("disabled", false);
  expect(router.replace).not.toHaveBeenCalled();
});
