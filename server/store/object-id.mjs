/**
 * The id that the runtime gives to an object of this name, which is also the name of the object's file: 16 bytes of an
 * HMAC of the name, then 16 bytes of an HMAC of those. The key is the hash of the namespace's own key.
 * @param {string} namespaceKey such as `-PartyKitDurable`: also the name of the directory that holds the files
 * @param {string} name
 * @returns {Promise<string>} 64 hexadecimal digits
 */
export async function objectId(namespaceKey, name) {
  const utf8 = new TextEncoder();
  const hash = await crypto.subtle.digest("SHA-256", utf8.encode(namespaceKey));
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", hash, algorithm, false, ["sign"]);
  /** @param {BufferSource} bytes */
  const half = async (bytes) => new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes)).slice(0, 16);
  const first = await half(utf8.encode(name));
  const bytes = [...first, ...(await half(first))];
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The namespace of the objects that own the files of rooms and of the directory. */
export const STORAGE_NAMESPACE = "-storageDO";

/** Where, below the state directory, the runtime keeps each namespace's files. */
export const OBJECTS_DIR = "party";
