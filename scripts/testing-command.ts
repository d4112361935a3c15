import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

import { until } from "./ports.mjs";

/** A command of the project in its own process, as a person or a service manager starts it. */
export class Command {
  output = "";
  /** The exit code; null before the end, and after an unhandled signal. */
  exitCode: number | null = null;
  readonly exited: Promise<number | null>;
  readonly child: ChildProcess;

  /**
   * @param script relative to `scripts/`, with arguments
   * @param settings all ROLLCALL_* settings; those of the shell are left out
   * @param prelude shell commands to run first, such as `ulimit`
   */
  constructor(
    script: string,
    settings: Record<string, string>,
    options: { cwd?: string; prelude?: string; uid?: number } = {},
  ) {
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !name.startsWith("ROLLCALL_")),
    );
    const [name = "", ...args] = script.split(" ");
    const file = fileURLToPath(new URL(name, import.meta.url));
    this.child = spawn(
      "sh",
      ["-c", `${options.prelude ?? ":"}; exec "$@"`, "sh", process.execPath, file, ...args],
      {
        ...(options.cwd !== undefined && { cwd: options.cwd }),
        ...(options.uid !== undefined && { uid: options.uid }),
        env: { ...env, NODE_ENV: "test", ...settings },
      },
    );
    const add = (chunk: unknown) => (this.output += String(chunk));
    this.child.stdout?.on("data", add);
    this.child.stderr?.on("data", add);
    this.exited = new Promise((resolve) =>
      this.child.once("close", (code) => {
        this.exitCode = code;
        resolve(code);
      }),
    );
  }

  get pid(): number {
    return this.child.pid ?? Number.NaN;
  }

  /** Waits until it has printed this, or has ended. */
  async prints(text: string, withinMs = 60_000): Promise<boolean> {
    let over = false;
    void this.exited.then(() => (over = true));
    await until(() => over || this.output.includes(text), withinMs);
    return this.output.includes(text);
  }

  /** Its descendant processes, with the names of their programs. */
  processes(): { pid: number; program: string }[] {
    const rows = execFileSync("ps", ["-eo", "pid=,ppid=,comm="], { encoding: "utf8" })
      .trim()
      .split("\n")
      .map((row) => row.trim().split(/\s+/));
    const below = new Set([this.pid]);
    // A child may be listed before its parent.
    for (let size = 0; size !== below.size;) {
      size = below.size;
      for (const [pid, parent] of rows) if (below.has(Number(parent))) below.add(Number(pid));
    }
    below.delete(this.pid);
    return rows
      .filter(([pid]) => below.has(Number(pid)))
      .map(([pid, , program = ""]) => ({ pid: Number(pid), program }));
  }

  workerdPid(): number | undefined {
    return this.processes().find(({ program }) => program === "workerd")?.pid;
  }

  /** Ends it, and waits for that. */
  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    return this.exited;
  }
}

/** Whether the output is one line. */
export const isOneLine = (text: string): boolean => text.trimEnd().split("\n").length === 1;
