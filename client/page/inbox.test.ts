// @vitest-environment node
import { afterEach, expect, test, vi } from "vitest";
import { toBody } from "../../core/wire/deflate";
import { toFrame } from "../../core/wire/frames";
import { createInbox, type Inbox } from "./inbox";

/** The delivered texts in order, and a way to wait for all frames. */
function inboxOf() {
  const handed: unknown[] = [];
  const inbox = createInbox((text) => void handed.push(text));
  const settled = (): Promise<void> => new Promise((resolve) => inbox.afterwards(resolve));
  return { handed, inbox, settled };
}

/** A frame as the browser delivers it. */
function deflated(text: string): ArrayBuffer {
  const frame = toFrame("", toBody(text));
  if (typeof frame === "string") throw new Error("not deflated");
  return Uint8Array.from(frame).buffer;
}

afterEach(() => void vi.unstubAllGlobals());

const LONG = "Zoë 🦊 ".repeat(5_000);

test("text is delivered at once", () => {
  const { handed, inbox } = inboxOf();
  inbox.take("one");
  expect(handed).toEqual(["one"]);
});

test("[SY4] deflated frames are read in order: no diff overtakes its sync, and no close an earlier frame", async () => {
  const { handed, inbox, settled } = inboxOf();
  const take = (...frames: Parameters<Inbox["take"]>[0][]) => frames.forEach((frame) => inbox.take(frame));
  take("before", deflated(`1 ${LONG}`), "between", deflated(`2 ${LONG}`), "after");
  expect(handed).toEqual(["before"]);
  inbox.afterwards(() => void handed.push("closed"));
  await settled();
  expect(handed).toEqual(["before", `1 ${LONG}`, "between", `2 ${LONG}`, "after", "closed"]);
  await new Promise(setImmediate);
  inbox.take("at once again");
  expect(handed.at(-1)).toBe("at once again");
});

test("[SE3] an unreadable frame is delivered as null, and the frames behind it still arrive", async () => {
  const { handed, inbox, settled } = inboxOf();
  for (const broken of [new ArrayBuffer(0), deflated(LONG).slice(0, 40), Uint8Array.of(255, 255, 1), 5, null])
    inbox.take(broken);
  inbox.take("after");
  await settled();
  expect(handed).toEqual([null, null, null, null, null, "after"]);
});

test.each<[string, () => void]>([
  ["without DecompressionStream", () => vi.stubGlobal("DecompressionStream", undefined)],
  ["whose DecompressionStream knows no deflate-raw", () => vi.stubGlobal("DecompressionStream", TypeError)],
  ["without Blob", () => vi.stubGlobal("Blob", undefined)],
  ["without Response", () => vi.stubGlobal("Response", undefined)],
])("[BR1] [SY4] a browser %s still reads deflated frames, in order", async (_, lack) => {
  lack();
  const { handed, inbox, settled } = inboxOf();
  for (const frame of [deflated(`1 ${LONG}`), "between", deflated(`2 ${LONG}`)]) inbox.take(frame);
  inbox.take(deflated(LONG).slice(0, 40));
  inbox.take("after");
  await settled();
  expect(handed).toEqual([`1 ${LONG}`, "between", `2 ${LONG}`, null, "after"]);
});
