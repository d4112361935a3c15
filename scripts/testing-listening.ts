import { readFile, readdir, readlink } from "node:fs/promises";

/** What these processes listen on, over IPv4 and IPv6, in the kernel's notation. */
export async function listeningAddresses(pids: number[]) {
  const inodes = new Set<string>();
  for (const pid of pids)
    for (const fd of await readdir(`/proc/${pid}/fd`)) {
      const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => "");
      inodes.add(/^socket:\[(\d+)\]$/.exec(target)?.[1] ?? "");
    }
  const tables = await Promise.all(["tcp", "tcp6"].map((name) => readFile(`/proc/net/${name}`, "utf8")));
  const rows = tables.flatMap((table) => table.split("\n").map((row) => row.trim().split(/\s+/)));
  return rows
    .filter((row) => row[3] === "0A" && inodes.has(row[9] ?? "-"))
    .map((row) => row[1]?.split(":")[0]);
}
