/**
 * What a frame said: people by index, with their status. `full` replaces all that was known.
 * @typedef {object} Delta
 * @property {boolean} full
 * @property {number[]} indexes
 * @property {number[]} statuses
 */

const REMEMBERED = 600;

/**
 * Decodes each frame once and not once for each of the clients it was broadcast to: the generator shares
 * the machine with what it measures, and its clients differ in nothing but what they were sent.
 */
export class Memo {
  /** @type {Map<string, { frame: Buffer, delta: Delta | null }>} */
  #known = new Map();

  /**
   * @param {Buffer} frame the part of it that is the same for everybody
   * @param {(frame: Buffer) => Delta | null} decode
   * @returns {Delta | null}
   */
  read(frame, decode) {
    const { length } = frame;
    const key = `${length}:${frame.toString("latin1", 0, 80)}:${frame.toString("latin1", Math.max(0, length - 80))}`;
    const known = this.#known.get(key);
    if (known?.frame.equals(frame)) return known.delta;
    const delta = decode(frame);
    this.#known.set(key, { frame, delta });
    if (this.#known.size > REMEMBERED) {
      const oldest = this.#known.keys().next();
      if (!oldest.done) this.#known.delete(oldest.value);
    }
    return delta;
  }
}

/**
 * @param {readonly (readonly [index: number, status: number])[]} entries
 * @param {boolean} full
 * @returns {Delta}
 */
export function toDelta(entries, full) {
  return { full, indexes: entries.map(([index]) => index), statuses: entries.map(([, status]) => status) };
}
