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

/** Opens a link, of whose token the server says this; it signs in whom it is asked to, if the browser keeps cookies. */
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

test("[SE5] a link signs nobody in before the button that names them is pressed", async () => {
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

test("[SE5] whoever is signed in is shown, and may stay", async () => {
  follow({ current: BEN });
  expect((await screen.findByRole("link", { name: "Stay as Ben" })).getAttribute("href")).toBe(
    "/rooms/design",
  );
  expect(screen.getByText("Signed in now").parentElement?.textContent).toContain("Ben");
  expect(asked()).toEqual(["GET"]);
});

test("[SE5] whoever is signed in as the very same person goes straight on", async () => {
  follow({ current: { ...BEN, ...ADA, isSame: true } }, "#token=the-token");
  await waitFor(() => expect(router.replace).toHaveBeenCalledExactlyOnceWith("/"));
  expect(asked()).toEqual(["GET", "POST", "GET"]);
});

test("[BR1] a browser that keeps no cookie is told so, and goes nowhere", async () => {
  follow({}, "#token=the-token&room=design", false);
  fireEvent.click(await screen.findByRole("button", { name: "Continue as Ada" }));
  await screen.findByText(/did not keep your sign-in/);
  expect(router.replace).not.toHaveBeenCalled();
});

test.each([
  [{ isAdmin: true }, /signs the admin out/],
  [{ arriving: { ...ADA, isAdmin: true } }, /as Ada, an admin/],
])("[SE5] what becomes of an admin is told before: %j", async (who, words) => {
  follow(who);
  await screen.findByRole("button", { name: /^Continue as/ });
  expect(document.body.textContent).toMatch(words);
});

test("[SE1] the token is taken out of the address, and a link without one says so", async () => {
  follow({});
  expect(window.location.hash).toBe("");
  await screen.findByRole("button", { name: "Continue as Ada" });
  cleanup();
  server.mockClear();
  follow({}, "#room=design");
  expect((await screen.findByRole("alert")).textContent).toContain("brought no sign-in");
  expect(server).not.toHaveBeenCalled();
});

test("[SE1] another link in the same tab is asked about anew", async () => {
  follow({});
  await screen.findByRole("button", { name: "Continue as Ada" });
  server.mockResolvedValue(
    Response.json({ arriving: { ...ADA, id: "user_3", name: "Cleo" }, current: null, isAdmin: false }),
  );
  window.location.hash = "#token=another";
  await screen.findByRole("button", { name: "Continue as Cleo" });
  expect(window.location.hash).toBe("");
});

test("what the server says against it is shown at the button, which can be pressed again", async () => {
  follow({});
  const button = await screen.findByRole("button", { name: "Continue as Ada" });
  server.mockResolvedValue(Response.json({ detail: "the token has expired" }, { status: 401 }));
  fireEvent.click(button);
  await screen.findByText("the token has expired");
  expect(button).toHaveProperty("disabled", false);
  expect(router.replace).not.toHaveBeenCalled();
});
