import { CLOSE } from "../../core/shared/close-codes";
import type { Phase } from "./connection";
import type { Environment } from "../page/environment";
import { adviceAbout } from "./problem";

/** Tells the app's developer about problems, each once until the client has been live again. */
export interface Warnings {
  readonly tell: (phase: Phase) => void;
}

/** Creates the warnings of one client. A lost network is not the app's fault, and gives no warning. */
export function createWarnings(environment: Environment, room: string): Warnings {
  const told = new Set<string>();

  function warn(text: string, key = text): void {
    if (told.has(key)) return;
    told.add(key);
    environment.warn(`room "${room}": ${text}`);
  }

  return {
    tell(phase) {
      if (phase.name === "live") told.clear();
      if (phase.name === "stopped") {
        const advice = adviceAbout(phase.reason, phase.code, room);
        if (advice) warn(`not connected: ${sentence(phase.detail)} ${advice}`);
      }
      if (phase.name !== "waiting" || !phase.trial.lost) return;
      const { kind, detail } = phase.trial.lost.problem;
      if (kind === "token" || kind === "unreachable" || kind === "misunderstood")
        warn(`no connection: ${sentence(detail)} Trying again.`);
      // The detail counts seconds, so it differs each time.
      if (kind === "closed" && phase.trial.lost.problem.code === CLOSE.tokenExpired)
        warn(`no connection: ${sentence(detail)} Trying again with a new token.`, "tokenExpired");
    },
  };
}

function sentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}
