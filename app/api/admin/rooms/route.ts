import { askDirectory } from "../../../_server/admin-rooms";

/** The rooms, with their counts as of now. */
export const GET = askDirectory;
