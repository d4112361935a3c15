/**
 * Everything that is measured, in the order in which it is.
 *
 * A peer has `label` and `note` (its configuration, and why), `start()` or `serve(port)`, and `drive()`:
 * its clients' side of the protocol. `largest` is the size above which it is not asked: it would take
 * minutes and show nothing new.
 */
export const peers = {
  rollcall: () => import("./rollcall.mjs"),
  "rollcall-workerd": () => import("./rollcall-workerd.mjs"),
  "floor-accept": () => import("./floor-accept.mjs"),
  "floor-admit": () => import("./floor-admit.mjs"),
  "floor-heartbeat": () => import("./floor-heartbeat.mjs"),
  "floor-broadcast": () => import("./floor-broadcast.mjs"),
  "floor-coalesce": () => import("./floor-coalesce.mjs"),
  "ws-batch": () => import("./ws-batch.mjs"),
  socketio: () => import("./socketio.mjs"),
  colyseus: () => import("./colyseus.mjs"),
  hocuspocus: () => import("./hocuspocus.mjs"),
  ywebsocket: () => import("./ywebsocket.mjs"),
};
