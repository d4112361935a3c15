// Preloaded into the app's server: it refuses newcomers before its connections have taken all descriptors (OP4). Node
// does not end when there is none left, but could not read the files of a page, nor reach the room server.
const { spawnSync } = require("node:child_process");
const { Server } = require("node:net");

const openFiles = Number(spawnSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" }).stdout);
const { listen } = Server.prototype;
if (openFiles > 0)
  Server.prototype.listen = function (...args) {
    this.maxConnections = Math.max(1, openFiles - Math.min(200, Math.floor(openFiles / 2)));
    return listen.apply(this, args);
  };
