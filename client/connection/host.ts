/**
 * Returns the host unchanged when a room server can be there.
 * @throws {TypeError} that says what a host looks like.
 */
export function checkHost(host: string): string {
  if (!host) throw new TypeError(`host is missing: give the room server's, ${SUCH_AS}`);
  const address = host.replace(/^(https?|wss?):\/\//, "");
  const url = parseUrl(`http://${address}`);
  const isPlain = url && !url.username && !url.password && !url.search && !url.hash;
  if (!isPlain || /^\/|:\/\/|\s/.test(address))
    throw new TypeError(
      `"${host}" cannot be a host: give host[:port] or the URL of the room server, ${SUCH_AS}`,
    );
  if (/\/parties(\/|$)/.test(url.pathname))
    throw new TypeError(`"${host}" names a room already: leave out /parties and what follows, ${SUCH_AS}`);
  return host;
}

/** `URL.canParse` is younger than the browsers that the kit runs in. */
function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

const SUCH_AS = 'such as "localhost:1999" or "https://rooms.example.com"';
