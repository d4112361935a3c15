/** The request header with which the proxy gives a page its nonce. A client's value is overwritten. */
export const NONCE_HEADER = "x-nonce";
