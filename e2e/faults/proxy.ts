import { createServer, connect, type Server, type Socket } from "node:net";

export type Direction = "up" | "down";

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  lastAt: number;
}

/**
 * The network between clients and the server, under a test's control: a TCP proxy that forwards, swallows,
 * delays and cuts. Swallowing is a cable that is pulled: nobody is told anything, and what was sent comes
 * when the cable is back, as TCP sends it again.
 */
export class FaultProxy {
  readonly #pairs = new Set<Pair>();
  readonly #held = new Set<Direction>();
  readonly #parked = new Set<() => void>();
  #delayMs = 0;
  #idleMs = Infinity;
  #idleTimer: NodeJS.Timeout | null = null;
  /** Connections that it cut for being idle. */
  idleCuts = 0;
  /** When each client knocked, by this machine's clock. */
  readonly knocks: number[] = [];

  private constructor(
    readonly listener: Server,
    readonly targetPort: number,
  ) {
    listener.on("connection", (client) => this.#accept(client));
  }

  static async open(targetUrl: string): Promise<FaultProxy> {
    // Half-open: how one side ends is for the proxy to pass on, or not.
    const listener = createServer({ allowHalfOpen: true, noDelay: true });
    const proxy = new FaultProxy(listener, Number(new URL(targetUrl).port));
    await new Promise<void>((resolve) =>
      listener.listen({ port: 0, host: "127.0.0.1", backlog: 2_048 }, resolve),
    );
    return proxy;
  }

  /** host:port, for clients. */
  get host(): string {
    const address = this.listener.address();
    if (address === null || typeof address === "string") throw new Error("the proxy is closed");
    return `127.0.0.1:${address.port}`;
  }

  get connections(): number {
    return this.#pairs.size;
  }

  /** From now on nothing comes through, ends of connections included. Without a direction, both ways. */
  swallow(direction?: Direction): void {
    for (const each of direction ? [direction] : (["up", "down"] as const)) this.#held.add(each);
  }

  /** The network is back: what was held goes on. */
  heal(): void {
    this.#held.clear();
    for (const release of Array.from(this.#parked)) release();
  }

  /** Everything takes this much longer each way, in milliseconds. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** Cuts all connections: `rst` as a router that lost its tables, `fin` as a proxy that closes. */
  cut(how: "rst" | "fin"): void {
    for (const { client, server } of this.#pairs) {
      for (const socket of [client, server]) {
        if (how === "rst") socket.resetAndDestroy();
        else socket.destroySoon();
      }
    }
  }

  /** Cuts whatever has been silent both ways for this long, in milliseconds, as load balancers do. */
  cutIdleAfter(ms: number): void {
    this.#idleMs = ms;
    this.#idleTimer ??= setInterval(() => {
      for (const { client, server, lastAt } of this.#pairs) {
        if (Date.now() - lastAt < this.#idleMs) continue;
        this.idleCuts += 1;
        client.resetAndDestroy();
        server.resetAndDestroy();
      }
    }, 10);
  }

  async close(): Promise<void> {
    if (this.#idleTimer) clearInterval(this.#idleTimer);
    this.cut("rst");
    await new Promise((resolve) => this.listener.close(resolve));
  }

  #accept(client: Socket): void {
    this.knocks.push(Date.now());
    const server = connect({ port: this.targetPort, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    const pair: Pair = { client, server, lastAt: Date.now() };
    this.#pairs.add(pair);
    this.#pipe(pair, client, server, "up");
    this.#pipe(pair, server, client, "down");
  }

  /** Passes on what comes and how it ends, in order: chunk by chunk through one chain. */
  #pipe(pair: Pair, from: Socket, to: Socket, direction: Direction): void {
    let chain = Promise.resolve();
    const pass = (deliver: () => void): void => {
      const dueAt = Date.now() + this.#delayMs;
      chain = chain.then(async () => {
        const waitMs = dueAt - Date.now();
        if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
        while (this.#held.has(direction) && !to.destroyed) await this.#parkUntilHealed(to);
        deliver();
      });
    };
    from.on("data", (chunk) =>
      pass(() => {
        pair.lastAt = Date.now();
        if (to.writable) to.write(chunk);
      }),
    );
    from.on("end", () => pass(() => to.end()));
    let failed = false;
    from.on("error", () => (failed = true));
    from.on("close", () =>
      pass(() => {
        this.#pairs.delete(pair);
        if (failed) to.resetAndDestroy();
        else to.destroySoon();
      }),
    );
  }

  #parkUntilHealed(to: Socket): Promise<void> {
    return new Promise((resolve) => {
      const release = (): void => {
        this.#parked.delete(release);
        to.off("close", release);
        resolve();
      };
      this.#parked.add(release);
      to.once("close", release);
    });
  }
}
