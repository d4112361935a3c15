import { askDirectory } from "../../../_server/room-server";

/** The rooms, with their counts as of now. */
export const GET = askDirectory;
