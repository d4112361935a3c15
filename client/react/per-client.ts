import type { PresenceClient } from "../client/presence-client";

/** Returns a function that makes one value per client, and keeps it as long as the client exists. */
export function perClient<Value>(make: (client: PresenceClient) => Value): (client: PresenceClient) => Value {
  const made = new WeakMap<PresenceClient, Value>();
  return (client) => {
    let value = made.get(client);
    if (value === undefined) made.set(client, (value = make(client)));
    return value;
  };
}
