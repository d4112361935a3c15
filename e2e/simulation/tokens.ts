import type { Role } from "../../core/shared/terms";
import type { World } from "./world";

/** What a token says; here it is not signed, for what the edge does with it has tests of its own. */
export interface Token {
  readonly userId: string;
  readonly sessionId: string;
  readonly role: Role;
  readonly untilAt: number;
}

const LIFETIME_MS = 120_000;

/** The app's own server, on the machine of the rooms, hands out tokens: quickly, late, or not at all for a while. */
export class TokenDesk {
  #troubleUntilAt = 0;
  #trouble: "fails" | "slow" | "hangs" = "fails";

  constructor(readonly world: World) {}

  trouble(kind: "fails" | "slow" | "hangs", ms: number): void {
    this.#trouble = kind;
    this.#troubleUntilAt = this.world.now + ms;
  }

  ask({ userId, sessionId, role }: Omit<Token, "untilAt">): Promise<string> {
    const { world } = this;
    const isTroubled = world.now < this.#troubleUntilAt;
    if (isTroubled) world.count(`token endpoint ${this.#trouble}`);
    const slowest = isTroubled && this.#trouble === "slow" ? 12_000 : 80;
    const answer = JSON.stringify({ userId, sessionId, role, untilAt: world.host.wall + LIFETIME_MS });
    // By a clock that was set the rooms may have forgotten a sign-in that has ended. Whoever ended it has not.
    const isInDoubt = world.host.wasClockSet || world.truth.perhapsForgotten.has(sessionId);
    const hasEnded = isInDoubt && world.oracles.signedOut.has(sessionId);
    return new Promise((resolve, reject) => {
      if (isTroubled && this.#trouble === "hangs") return;
      world.scheduler.after(world.random.whole(5, slowest), () => {
        world.scheduler.unsettled = true;
        if (hasEnded || (isTroubled && this.#trouble === "fails"))
          reject(new Error("the token endpoint fails"));
        else resolve(answer);
      });
    });
  }
}
