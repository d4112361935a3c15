import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CLOSE } from "../../core/shared/close-codes";
import { Leavers } from "./leavers";
import type { HostSocket } from "../host";
import { timerHost } from "../testing/timer-host";
import { Timers } from "../timers";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const newLeavers = (): Leavers => new Leavers(new Timers(() => Date.now(), timerHost));

const socket = () => ({
  id: "it",
  attachment: null,
  send: vi.fn<HostSocket["send"]>(),
  close: vi.fn<HostSocket["close"]>(),
});

/** One page after another leaves, so many milliseconds apart. Returns how long the first waited to be closed. */
function waited(pages: number, apartMs: number): { waitedMs: number; closed: number } {
  const leavers = newLeavers();
  const startedAt = Date.now();
  let waitedMs: number | null = null;
  const sockets = Array.from({ length: pages }, socket);
  sockets[0]?.close.mockImplementation(() => (waitedMs = Date.now() - startedAt));
  for (const each of sockets) {
    leavers.closeSoon(each, Date.now());
    vi.advanceTimersByTime(apartMs);
  }
  vi.runAllTimers();
  return {
    waitedMs: waitedMs ?? NaN,
    closed: sockets.filter(({ close }) => close.mock.calls.length === 1).length,
  };
}

test("[GR1] a page that announced that it leaves is closed with the code for it", () => {
  const one = socket();
  newLeavers().closeSoon(one, Date.now());
  expect(one.close).not.toHaveBeenCalled();
  vi.runAllTimers();
  expect(one.send).toHaveBeenCalledWith(expect.stringContaining(`"code":${CLOSE.left}`));
  expect(one.close).toHaveBeenCalledWith(CLOSE.left, "");
});

test("[GR1] pages that leave at once are all heard before the first is closed, and each is closed once", () => {
  expect(waited(400, 1)).toEqual({ waitedMs: 449, closed: 400 });
});

test("[GR1] each page is closed within a second, however long others keep leaving", () => {
  expect(waited(500, 20)).toEqual({ waitedMs: 1_000, closed: 500 });
});
