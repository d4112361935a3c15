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

test("a picked name is sent, and the page shown anew", async () => {
  server.mockResolvedValue(new Response("{}"));
  join("  Ada ");
  await waitFor(() => expect(refresh).toHaveBeenCalledOnce());
  expect(server).toHaveBeenCalledExactlyOnceWith(
    "/api/session",
    expect.objectContaining({ method: "POST", body: '{"name":"Ada"}' }),
  );
});

test("[BR1] a browser that keeps no cookie is told so, and does not join without an end", async () => {
  server.mockResolvedValue(new Response("{}"));
  join("Ada");
  // The page that was asked for anew came, and this form is still there.
  await screen.findByText(/did not keep your sign-in.+blocks this site's cookies/);
  expect(screen.getByRole("button", { name: "Join" })).toHaveProperty("disabled", false);
});

test("no name is told at the field, and nothing is sent", () => {
  join("   ");
  const field = screen.getByLabelText("Your name");
  expect(field.getAttribute("aria-invalid")).toBe("true");
  expect(screen.getByRole("alert").id).toBe(field.getAttribute("aria-describedby"));
  expect(screen.getByRole("alert").textContent).toMatch(/^Enter a name/);
  expect(server).not.toHaveBeenCalled();
});

test("what the server says is wrong is shown, and one can try again", async () => {
  server.mockResolvedValue(Response.json({ detail: "This name is taken." }, { status: 422 }));
  join("Ada");
  await screen.findByText("This name is taken.");
  expect(screen.getByRole("button", { name: "Join" })).toHaveProperty("disabled", false);
});

test("a server that cannot be reached is told as that", async () => {
  server.mockRejectedValue(new TypeError("fetch failed"));
  join("Ada");
  await screen.findByText(/cannot be reached/);
});

test("[GR2] whoever joins after leaving begins a new sign-in: the ended one opens no room", async () => {
  server.mockImplementation(async () => new Response(null, { status: 204 }));
  join("Ada", true);
  await waitFor(() => expect(refresh).toHaveBeenCalledOnce());
  expect(server.mock.calls.map(([, init]) => init?.method)).toEqual(["DELETE", "POST"]);
});
