import { askDirectory } from "../../../_server/admin-rooms";

/** The rooms with their current counts. */
export const GET = askDirectory;
