/** The one room of the directory party. */
export const DIRECTORY_ROOM = "main";
