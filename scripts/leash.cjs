// Preloaded into each server that the runner starts. A server lives in a process group of
// its own, so that one signal can end all of it; for the same reason nothing would end it if
// the runner itself were killed hard. The IPC channel closes with the runner, however that
// dies, and then the group ends itself.
if (process.env.ROLLCALL_LEASH === "1") {
  // Not for the server's own children: their channels close for other reasons.
  delete process.env.ROLLCALL_LEASH;
  process.on("disconnect", () => process.kill(-process.pid, "SIGKILL"));
}
