// Preloaded into the app's server. It refuses newcomers before its connections use all descriptors (OP4). Without
// descriptors Node does not end, but it cannot read the files of a page or reach the room server.
const { spawnSync } = require("node:child_process");
const { Server } = require("node:net");

const openFiles = Number(spawnSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" }).stdout);
const { listen } = Server.prototype;
if (openFiles > 0)
  Server.prototype.listen = function (...args) {
    this.maxConnections = Math.max(1, openFiles - Math.min(200, Math.floor(openFiles / 2)));
    return listen.apply(this, args);
  };
