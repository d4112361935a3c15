import os from "node:os";

/** What the figures depend on, and nothing that tells whose machine it is. */
export function describeMachine() {
  const cpus = os.cpus();
  return {
    cores: cpus.length,
    cpu: cpus[0]?.model.trim() ?? "unknown",
    memoryGb: Math.round(os.totalmem() / 2 ** 30),
    node: process.version,
    kernel: `${os.type()} ${os.release().split("-")[0]}`,
    date: new Date().toISOString().slice(0, 10),
  };
}
