// The app's own server. It knows who is signed in, and creates their tokens for the room server.
import { createToken } from "@rollcall/react/server";
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";

const { PORT = "4000", ROLLCALL_TOKEN_SECRET: secret = "" } = process.env;
const DIST = path.join(import.meta.dirname, "dist");
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

/** The sessions, by the secret in the cookie. A real app keeps them in a database, and asks for a password. */
const sessions = new Map();

const ROUTES = {
  "GET /api/session": (session) => (session ? json(200, session.user) : json(401, null)),
  "POST /api/session": (_, { name }) => {
    const isName = typeof name === "string" && name.trim() !== "" && name.length <= 80;
    if (!isName) return json(400, { problem: "A name has 1 to 80 characters." });
    const cookie = randomUUID();
    // The session's id is in tokens, which scripts can read. So it must differ from the cookie's secret.
    const user = { id: name.trim().toLowerCase(), name: name.trim() };
    sessions.set(cookie, { id: randomUUID(), user });
    return json(200, user, `session=${cookie}; Path=/; HttpOnly; SameSite=Lax`);
  },
  "DELETE /api/session": (_session, _body, cookie) => {
    sessions.delete(cookie);
    return json(200, null, "session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
  },
  "POST /api/token": async (session, { room }) => {
    // Your app decides who may enter a room. Here every user may enter the one room.
    if (!session || room !== "team") return json(401, null);
    const token = await createToken({ user: session.user, rooms: [room], sessionId: session.id, secret });
    return json(200, { token });
  },
};

async function answer(request) {
  const { pathname } = new URL(request.url, "http://localhost");
  const cookie = /(?:^|; )session=([^;]+)/.exec(request.headers.cookie ?? "")?.[1];
  const route = ROUTES[`${request.method} ${pathname}`];
  if (route) return route(sessions.get(cookie), await readBody(request), cookie);
  const file = path.join(DIST, pathname === "/" ? "index.html" : pathname);
  const body = await readFile(file).catch(() => null);
  if (!body) return { status: 404, headers: {}, body: "" };
  return { status: 200, headers: { "content-type": TYPES[path.extname(file)] ?? "text/plain" }, body };
}

function json(status, value, cookie) {
  const headers = { "content-type": "application/json", ...(cookie && { "set-cookie": cookie }) };
  return { status, headers, body: JSON.stringify(value) };
}

async function readBody(request) {
  let text = "";
  for await (const chunk of request) {
    text += chunk;
    if (text.length > 10_000) throw new Error("too long");
  }
  return text === "" ? {} : JSON.parse(text);
}

const server = createServer(async (request, response) => {
  const { status, headers, body } = await answer(request).catch(() =>
    json(400, { problem: "The request is not valid." }),
  );
  response.writeHead(status, headers).end(body);
});
server.listen(Number(PORT), "127.0.0.1", () => console.log(`http://127.0.0.1:${PORT}`));
