/** The request header in which the proxy tells a page its nonce. What a client sends in it is overwritten. */
export const NONCE_HEADER = "x-nonce";
