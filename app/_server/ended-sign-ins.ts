import { NextResponse } from "next/server";
import * as v from "valibot";
import { Problem } from "../../core/shared/problem";
import { askRoomServer } from "./room-server";
import { secret } from "./settings";

/**
 * The app has no storage. The room server stores which sign-ins have ended before their cookies expire (SE5), for all
 * processes of the app and across restarts.
 */
const PATH = "/parties/directory/main/ended-sign-ins";

/** The most ids in one request to the room server. */
const BATCH = 100;

const answer = v.object({ ended: v.array(v.string()) });

/**
 * Ends a sign-in, so that its cookie and all copies are refused. `untilAt` is when the cookie expires.
 * @throws {Problem} 502 if the room server did not answer
 */
export async function endSignIn({ id, untilAt }: { id: string; untilAt: number }): Promise<void> {
  await ask(`${PATH}/${id}?until=${Math.ceil(untilAt)}`, "PUT");
}

/** The response to a sign-out. The caller clears the cookie, even if `ending` fails. */
export async function signOutAnswer(ending: Promise<void>): Promise<NextResponse> {
  try {
    await ending;
    return new NextResponse(null, { status: 204 });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const detail = `This browser has signed out, but copies of its cookie work until they expire. ${error.detail}`;
    const answer = new Problem(error.status, detail).toResponse();
    return new NextResponse(answer.body, answer);
  }
}

interface Question {
  readonly id: string;
  readonly resolve: (ended: boolean) => void;
  readonly reject: (reason: unknown) => void;
}

let waiting: Question[] = [];
let asking = false;

/**
 * Whether a sign-in has ended. Calls during a request share the next request, because after a deploy thousands come at
 * once.
 * @throws {Problem} 502 if the room server does not answer
 */
export async function hasEnded(id: string): Promise<boolean> {
  return await new Promise((resolve, reject) => {
    waiting.push({ id, resolve, reject });
    if (!asking) void askAll();
  });
}

async function askAll(): Promise<void> {
  asking = true;
  while (waiting.length > 0) {
    const batch = waiting.slice(0, BATCH);
    waiting = waiting.slice(BATCH);
    try {
      const ids = [...new Set(batch.map(({ id }) => id))];
      const ended = new Set(await ask(`${PATH}?ids=${ids.join(",")}`, "GET"));
      for (const { id, resolve } of batch) resolve(ended.has(id));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
  asking = false;
}

async function ask(path: string, method: "GET" | "PUT"): Promise<readonly string[]> {
  const response = await askRoomServer(path, { method, bearer: secret("ROLLCALL_API_KEY") });
  const body = v.safeParse(answer, await response.json().catch(() => null));
  if (response.ok && body.success) return body.output.ended;
  if (response.status === 401 || response.status === 403)
    throw new Problem(502, "The room server does not accept this app's ROLLCALL_API_KEY.");
  throw new Problem(
    502,
    `The room server does not say which sign-ins have ended (${response.status}): is its version the same as this app's?`,
  );
}
