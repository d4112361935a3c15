/** A page with the product's client and nothing else: whose it is, and where the rooms are, is in its address. */
import { browserEnvironment } from "../../client/page/environment";
import { createPresenceClient } from "../../client/client/presence-client";

const { searchParams } = new URL(location.href);
const user = searchParams.get("user") ?? "";

const client = createPresenceClient({
  host: searchParams.get("host") ?? "",
  room: searchParams.get("room") ?? "",
  environment: browserEnvironment(),
  getToken: async () => (await fetch(`/token?user=${user}`)).text(),
});
client.subscribe(() => {
  document.title = client.getStatus().connection.status;
});
client.start();
