/** A page with only the product's client. Its address names the user and the room server. */
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
