// @vitest-environment jsdom
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { GuestSignIn } from "./guest-sign-in";
import { fakeServer } from "../testing/fake-server";

const refresh = vi.hoisted(() => vi.fn<() => void>());
vi.mock("next/navigation", () => ({ useRouter: () => ({ refresh }) }));
vi.mock("../theme/theme", () => ({ ThemeSwitch: () => null }));

const server = fakeServer();

function join(name: string, left = false): void {
  render(<GuestSignIn room="lobby" nameLength={80} left={left} />);
  fireEvent.change(screen.getByLabelText("Your name"), { target: { value: name } });
  fireEvent.click(screen.getByRole("button", { name: "Join" }));
}

test("the name is sent, and the page refreshes", async () => {
  server.mockResolvedValue(new Response("{}"));
  join("  Ada ");
  await waitFor(() => expect(refresh).toHaveBeenCalledOnce());
  expect(server).toHaveBeenCalledExactlyOnceWith(
    "/api/session",
    expect.objectContaining({ method: "POST", body: '{"name":"Ada"}' }),
  );
});

test("[BR1] a browser that keeps no cookie gets an error, and does not keep joining", async () => {
  server.mockResolvedValue(new Response("{}"));
  join("Ada");
  // The page was refreshed, and this form is still there.
  await screen.findByText(/did not keep your sign-in.+blocks this site's cookies/);
  expect(screen.getByRole("button", { name: "Join" })).toHaveProperty("disabled", false);
});

test("an empty name gives an error at the field, and nothing is sent", () => {
  join("   ");
  const field = screen.getByLabelText("Your name");
  expect(field.getAttribute("aria-invalid")).toBe("true");
  expect(screen.getByRole("alert").id).toBe(field.getAttribute("aria-describedby"));
  expect(screen.getByRole("alert").textContent).toMatch(/^Enter a name/);
  expect(server).not.toHaveBeenCalled();
  fireEvent.change(field, { target: { value: "Ada" } });
  expect(screen.getByRole("alert").textContent).toBe("");
  expect(field.getAttribute("aria-invalid")).toBe("false");
});

test("the server's error is shown, and the user can try again", async () => {
  server.mockResolvedValue(Response.json({ detail: "This name is taken." }, { status: 422 }));
  join("Ada");
  await screen.findByText("This name is taken.");
  expect(screen.getByRole("button", { name: "Join" })).toHaveProperty("disabled", false);
});

test("a server that cannot be reached gives an error", async () => {
  server.mockRejectedValue(new TypeError("fetch failed"));
  join("Ada");
  await screen.findByText(/cannot be reached/);
});

test("[GR2] joining after leaving begins a new sign-in, because the ended one opens no room", async () => {
  server.mockImplementation(async () => new Response(null, { status: 204 }));
  join("Ada", true);
  await waitFor(() => expect(refresh).toHaveBeenCalledOnce());
  expect(server.mock.calls.map(([, init]) => init?.method)).toEqual(["DELETE", "POST"]);
});
