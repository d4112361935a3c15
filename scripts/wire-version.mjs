/** The version of the wire format, for what is not built and so cannot import `core/protocol.ts`. */
export const WIRE_VERSION = 3;
