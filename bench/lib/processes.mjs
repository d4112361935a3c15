import { readFileSync } from "node:fs";

/** Linux counts CPU time in ticks of 10 ms. */
const TICK_MS = 10;

/**
 * @param {number} pid
 * @returns {number} milliseconds of CPU that the process has used, system calls included
 */
export function cpuMs(pid) {
  try {
    // The name, in brackets, may hold spaces: count from its end.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return NaN;
  }
}

/**
 * @param {number} pid
 * @returns {number} megabytes of memory that the process holds
 */
export function rssMb(pid) {
  try {
    const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Math.round(Number(kilobytes) / 1024);
  } catch {
    return NaN;
  }
}

/**
 * Measures several processes from here on.
 * @param {Record<string, number>} pids
 * @returns {() => Record<string, number>} the CPU milliseconds of each since
 */
export function cpuMeter(pids) {
  const before = Object.entries(pids).map(([name, pid]) => ({ name, pid, at: cpuMs(pid) }));
  return () => Object.fromEntries(before.map(({ name, pid, at }) => [name, Math.round(cpuMs(pid) - at)]));
}

/**
 * @param {number} sockets that one process has to hold
 * @throws when the shell allows fewer files
 */
export function requireFiles(sockets) {
  const [, soft] = /Max open files\s+(\S+)/.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
  const needed = sockets + 500;
  if (soft !== "unlimited" && Number(soft) < needed)
    throw new Error(
      `${sockets} sockets need \`ulimit -n ${needed}\` (it is ${soft}): the server holds them all`,
    );
}
