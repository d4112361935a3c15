import type { ExecutionContext } from "@cloudflare/workers-types";

import { Problem } from "../core/shared/problem";
import { readAddress } from "../server/gate/address";
import { admitConnection, serveEdge } from "../server/gate/edge";
import { refuseSocket } from "../server/gate/refuse-socket";
import { admitToDirectory } from "../server/http/directory";
import { admitToRoom } from "../server/http/empty-room";
import { HEADERS } from "../server/http/problem";
import type { PartyName } from "../server/host";
import type { Server } from "../server/server";
import { addressOf, BINDINGS, type Env, objectOf, serverOf } from "./host";

export { DirectoryObject, RefusalsObject, RoomObject, StorageObject } from "./objects";

/** The edge: every request from outside comes here first. */
export default {
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    const server = serverOf(env);
    const address = readAddress(request.url);
    if (address instanceof Response) return address;
    if (address === null) return await serveEdge(request, server);
    const isSocket = request.headers.get("upgrade")?.toLowerCase() === "websocket";
    const { party, room } = address;
    if (party === "directory") {
      if (isSocket) return new Problem(426, "the directory is asked by HTTP").toResponse(HEADERS);
      return await forward(await admitToDirectory(request, server), env, party, room);
    }
    if (!isSocket) return await forward(await admitToRoom(request, room, server), env, party, room);
    return await connect(request, room, server, env, context);
  },
};

async function forward(
  admitted: Request | Response,
  env: Env,
  party: PartyName,
  room: string,
): Promise<Response> {
  if (admitted instanceof Response) return admitted;
  return await objectOf(env, BINDINGS[party], room).fetch(admitted);
}

async function connect(
  request: Request,
  room: string,
  server: Server,
  env: Env,
  context: ExecutionContext,
): Promise<Response> {
  const admitted = await admitConnection(request, room, server);
  if (admitted instanceof Request) return await forward(admitted, env, "main", room);
  const accept = (init: RequestInit) => objectOf(env, "REFUSALS", "main").fetch(addressOf("/"), init);
  return await refuseSocket(admitted, accept, server.host, context);
}
