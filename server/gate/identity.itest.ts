import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CLOSE } from "../../core/shared/close-codes";
import { testProvider, type SignOptions, type TestProvider } from "../testing/provider";
import { serverFixture, type ServerFixture } from "../testing/server-fixture";
import { ask, newRoom, signToken, TEST_SECRETS, TestClient } from "../testing/test-client";

let provider: TestProvider;
let server: ServerFixture;

beforeAll(async () => {
  provider = await testProvider();
  server = await serverFixture({
    ...provider.env,
    ROLLCALL_ROOMS_CLAIM: "https://example.com/rooms",
    ROLLCALL_DEFAULT_ROOMS: "lobby",
    ROLLCALL_ROLE_CLAIM: "public_metadata.role",
    ROLLCALL_ADMIN_VALUE: "owner",
  });
});

afterAll(async () => {
  await server.dispose();
  provider.close();
});

async function identity(token: string, of = server): Promise<Response> {
  return fetch(`${of.url}/identity`, { headers: { authorization: `Bearer ${token}` } });
}

/** With which code the socket of a token is closed. */
async function closeCode(token: string, of = server, room = "lobby"): Promise<number> {
  const client = await TestClient.open(of.url, room, { user: "ada", token });
  return (await client.closed).code;
}

function forge(header: object, claims: object, secret = ""): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");
  const body = `${encode(header)}.${encode(claims)}`;
  return `${body}.${secret && createHmac("sha256", secret).update(body).digest("base64url")}`;
}

const seconds = Math.floor(Date.now() / 1_000);
const forged = {
  iss: "https://id.example.com/",
  aud: ["presence", "rollcall"],
  sub: "eve",
  name: "Eve",
  rooms: ["*"],
  role: "admin",
  iat: seconds,
  exp: seconds + 600,
};

describe("tokens of an identity provider", () => {
  test.each(["RS256", "ES256", "EdDSA"] as const)("[SE1] one signed with %s opens its rooms", async (alg) => {
    const room = newRoom();
    const token = await provider.sign({ sub: `ada-${alg}`, "https://example.com/rooms": [room] }, { alg });
    const ada = await TestClient.join(server.url, room, { user: "ada", token });
    expect(ada.user(`ada-${alg}`)).toMatchObject({ name: "Ada", status: "online" });
    expect(await closeCode(token)).toBe(CLOSE.roomRefused);
    expect(
      (await ask(server.url, room, "/summary", { headers: { authorization: `Bearer ${token}` } })).status,
    ).toBe(200);
    await ada.leave();
  });

  test("[SE1] one of an issuer whose clock is 7 s ahead opens its rooms", async () => {
    const room = newRoom();
    const token = await provider.sign({ sub: "ada", "https://example.com/rooms": room }, { issuedIn: 7 });
    await (await TestClient.join(server.url, room, { user: "ada", token })).leave();
  });

  test("[SE1] the app's own tokens are accepted too, and distinguished", async () => {
    const told = await (await identity(await signToken({ user: "ben" }))).json();
    expect(told).toMatchObject({ id: "ben", issuedBy: "app" });
    const room = newRoom();
    const ben = await TestClient.join(server.url, room, {
      user: "ben",
      token: await signToken({ user: "ben" }),
    });
    expect(ben.user("ben")?.status).toBe("online");
    await ben.leave();
  });

  test("[SE1] claims are read as the settings say, and shown to the token's bearer", async () => {
    const plain = await identity(
      await provider.sign({ sub: "ada", sid: "s-1", picture: "http://example.com/a.png" }),
    );
    expect(plain.status).toBe(200);
    expect(await plain.json()).toEqual({
      id: "ada",
      name: "Ada",
      picture: null,
      rooms: ["lobby"],
      role: "member",
      sessionId: "s-1",
      expiresAt: expect.any(Number),
      issuedBy: "provider",
    });
    const owner = { sub: "eda", public_metadata: { role: ["staff", "owner"] }, role: "admin" };
    const admin = await identity(await provider.sign({ ...owner, "https://example.com/rooms": "team-a" }));
    expect(await admin.json()).toMatchObject({ id: "eda", rooms: ["team-a"], role: "admin" });
    // Where the token itself names no rooms, nobody is an admin of those that a setting names.
    const elsewhere = await identity(await provider.sign(owner));
    expect(await elsewhere.json()).toMatchObject({ rooms: ["lobby"], role: "member" });
    const sayingSo = await identity(
      await provider.sign({ sub: "eve", role: "admin", "public_metadata.rule": "owner" }),
    );
    expect(await sayingSo.json()).toMatchObject({ role: "member" });
  });

  const refused: readonly [what: string, claims: object, options: SignOptions, code: number][] = [
    ["of another issuer", { iss: "https://evil.example.com/" }, {}, CLOSE.tokenRefused],
    ["for another audience", { aud: "elsewhere" }, {}, CLOSE.tokenRefused],
    ["for no audience", { aud: undefined }, {}, CLOSE.tokenRefused],
    ["that has expired", {}, { issuedIn: -120, expiresIn: -60 }, CLOSE.tokenExpired],
    ["that lives too long", {}, { expiresIn: 86_401 }, CLOSE.tokenRefused],
    ["from the future", {}, { issuedIn: 600 }, CLOSE.tokenRefused],
    ["of an issuer a minute ahead", {}, { issuedIn: 60 }, CLOSE.tokenExpired],
    ["that is good in a minute", { nbf: seconds + 120 }, {}, CLOSE.tokenExpired],
    ["without a name that others may read", { name: "ada@example.com" }, {}, CLOSE.tokenRefused],
    ["for no room", { "https://example.com/rooms": [] }, {}, CLOSE.tokenRefused],
    ["without an id", { sub: "" }, {}, CLOSE.tokenRefused],
    ["with a name that is too long", { name: "x".repeat(500) }, {}, CLOSE.profileTooLong],
  ];
  test.each(refused)("[SE1] one %s is refused everywhere", async (_, claims, options, code) => {
    const token = await provider.sign({ sub: "ada", ...claims }, options);
    expect(await closeCode(token)).toBe(code);
    expect((await identity(token)).status).toBe(401);
  });

  const confused: readonly [what: string, token: () => string][] = [
    ["alg none", () => forge({ alg: "none" }, forged)],
    ["HS256 with the public key's text", () => forge({ alg: "HS256" }, forged, provider.publicText("RS256"))],
    [
      "RS256 over the secret's HMAC",
      () => forge({ alg: "RS256" }, forged, TEST_SECRETS.ROLLCALL_TOKEN_SECRET),
    ],
    ["PS256", () => forge({ alg: "PS256" }, forged, TEST_SECRETS.ROLLCALL_TOKEN_SECRET)],
    ["HS512", () => forge({ alg: "HS512" }, forged, TEST_SECRETS.ROLLCALL_TOKEN_SECRET)],
    [
      "a header that brings its own key",
      () => forge({ alg: "ES256", jwk: JSON.parse(provider.publicText("ES256")), kid: "x" }, forged, "x"),
    ],
    ["no algorithm", () => forge({}, forged)],
  ];
  test.each(confused)("[SE1] %s does not make one key pass for another", async (_, token) => {
    expect([CLOSE.tokenRefused, CLOSE.unavailable]).toContain(await closeCode(token()));
    expect([401, 503]).toContain((await identity(token())).status);
  });

  test("[SE1] the app's secret makes no provider's token, nor the provider's keys one of the app's", async () => {
    const own = await signToken({ user: "ada", audience: "presence" });
    expect(await closeCode(own)).toBe(CLOSE.tokenRefused);
    const foreign = await provider.sign({ sub: "ada", aud: "rollcall" });
    expect(await closeCode(foreign)).toBe(CLOSE.tokenRefused);
  });

  test("[GR2] an ended sign-in of the provider is refused", async () => {
    const room = newRoom();
    const claims = { sub: "ada", sid: "s-9", "https://example.com/rooms": room };
    const ada = await TestClient.join(server.url, room, { user: "ada", token: await provider.sign(claims) });
    ada.send({ type: "signOut" });
    expect((await ada.closed).code).toBe(CLOSE.signedOut);
    expect(await closeCode(await provider.sign(claims), server, room)).toBe(CLOSE.signedOut);
  });
});

describe("keys", () => {
  test("[SE1] without a provider only the app's tokens are accepted", async () => {
    const alone = await serverFixture();
    try {
      expect(await closeCode(await provider.sign({ sub: "ada" }), alone)).toBe(CLOSE.tokenRefused);
    } finally {
      await alone.dispose();
    }
  });

  test("[SE1] keys are fetched once, and again for a new one after a while, and a withdrawn key is refused", async () => {
    const own = await testProvider();
    const fresh = await serverFixture(own.env);
    try {
      const old = await own.sign({ sub: "ada" });
      for (let i = 0; i < 5; i += 1) expect((await identity(old, fresh)).status).toBe(200);
      expect(own.asked()).toBe(1);
      await own.rotate("RS256");
      const token = await own.sign({ sub: "ada" });
      // The set is young: the key may be a new one, which nobody is turned away for, and nothing is asked for each try.
      expect(await closeCode(token, fresh)).toBe(CLOSE.unavailable);
      for (let i = 0; i < 5; i += 1) {
        const answer = await identity(await own.sign({ sub: "eve" }, { kid: `made-up-${i}` }), fresh);
        expect(answer.status).toBe(503);
      }
      expect(own.asked()).toBe(1);
      await expect.poll(async () => (await identity(token, fresh)).status, { timeout: 20_000 }).toBe(200);
      expect(own.asked()).toBe(2);
      expect((await identity(old, fresh)).status).not.toBe(200);
    } finally {
      await fresh.dispose();
      own.close();
    }
  });

  test("[SE1] while the keys cannot be fetched, clients are asked to come back, and are admitted later", async () => {
    const own = await testProvider();
    const fresh = await serverFixture(own.env);
    try {
      own.fail(500);
      const token = await own.sign({ sub: "ada" });
      expect(await closeCode(token, fresh)).toBe(CLOSE.unavailable);
      const answer = await identity(token, fresh);
      expect(answer.status).toBe(503);
      expect(answer.headers.get("retry-after")).toBe("5");
      expect(await answer.json()).toMatchObject({ title: "Service Unavailable", status: 503 });
      // The app's own are as good as ever.
      expect((await identity(await signToken({ user: "ben" }), fresh)).status).toBe(200);
      own.fail(null);
      expect((await identity(token, fresh)).status).toBe(200);
      expect(await closeCode(await own.sign({ sub: "ada" }, { kid: "nobody's" }), fresh)).toBe(
        CLOSE.unavailable,
      );
      await expect.poll(() => fresh.output.join("\n")).toContain("ROLLCALL_JWKS_URL");
      expect(fresh.output.join("\n")).not.toContain(token.split(".")[2]);
    } finally {
      await fresh.dispose();
      own.close();
    }
  });

  test("[SE1] a key that the provider has never had is refused for good", async () => {
    const own = await testProvider();
    const fresh = await serverFixture(own.env);
    try {
      // The set is fetched for this very token, so that its key can be no newer.
      expect(await closeCode(await own.sign({ sub: "ada" }, { kid: "nobody's" }), fresh)).toBe(
        CLOSE.tokenRefused,
      );
    } finally {
      await fresh.dispose();
      own.close();
    }
  });
});
