/** The version of the wire format, for what is not built and so cannot import `core/wire/protocol.ts`. */
export const WIRE_VERSION = 3;
