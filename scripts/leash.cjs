// Preloaded into each server that the runner starts. A server has its own process group, so that one signal ends all of
// it. But a runner that is killed cannot send that signal. The IPC channel closes with the runner in any case, and then
// the group ends itself.
if (process.env.ROLLCALL_LEASH === "1") {
  // Not for the server's own children: their channels close for other reasons.
  delete process.env.ROLLCALL_LEASH;
  process.on("disconnect", () => process.kill(-process.pid, "SIGKILL"));
}
