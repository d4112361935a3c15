import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** A file system of a test's own, so small that it can be filled. */
export interface SmallDisk {
  readonly dir: string;
  /** Takes every byte that is left. */
  fill(): void;
  /** Gives the space back. */
  free(): void;
  unmount(): void;
}

/**
 * Mounts one. Without permission to mount, run the tests in a namespace that has it: `unshare --map-root-user --mount`.
 */
export function smallDisk(size: string): SmallDisk {
  const dir = mkdtempSync(path.join(tmpdir(), "rollcall-disk-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", dir]);
  const ballast = path.join(dir, "ballast");
  return {
    dir,
    fill() {
      for (const block of [65_536, 4_096]) {
        try {
          for (;;) writeFileSync(ballast, Buffer.alloc(block), { flag: "a" });
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
        }
      }
    },
    free() {
      rmSync(ballast);
    },
    unmount() {
      execFileSync("umount", ["--lazy", dir]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
