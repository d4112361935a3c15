/**
 * Returns the host unchanged if it is valid.
 * @throws {TypeError} with an example of a valid host
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

/** Some browsers that the kit supports have no `URL.canParse`. */
function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

const SUCH_AS = 'such as "localhost:1999" or "https://rooms.example.com"';

/** The http address of a host, which may be an http or ws URL, or only a host. */
export function httpUrl(host: string): string {
  if (/^(http|ws)s?:\/\//.test(host)) return host.replace(/^ws/, "http");
  return `${/^(localhost|127\.|10\.|192\.168\.|\[::1\])/.test(host) ? "http" : "https"}://${host}`;
}
