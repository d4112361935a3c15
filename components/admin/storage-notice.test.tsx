// @vitest-environment jsdom
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { RoomsStorageNotice, RoomStorageNotice } from "./storage-notice";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test("[OP3] the list of rooms shows how many cannot be written, and nothing while all can", () => {
  const { rerender } = render(<RoomsStorageNotice failing={0} />);
  expect(screen.queryByRole("status")).toBeNull();
  rerender(<RoomsStorageNotice failing={2} />);
  expect(screen.getByRole("status").textContent).toContain("The storage of 2 rooms");
});

test("[OP3] a room's page shows what its storage cannot do", async () => {
  const storageFault = { sinceAt: Date.now(), unread: false, unwritten: 3 };
  const answer = (fault: object | null) => async () => Response.json({ storageFault: fault });
  vi.stubGlobal("fetch", answer(storageFault));
  render(<RoomStorageNotice room="lobby" />);
  expect((await screen.findByRole("status")).textContent).toContain("cannot be written down");
});
