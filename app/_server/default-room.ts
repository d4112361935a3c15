/** The room that has the front page. */
export const DEFAULT_ROOM = "lobby";
