/** For tests only: the fields of the views of somebody who has chosen nothing. */
import type { AdminUserView, UserView } from "../shared/terms";

export const PLAIN = { message: null, dnd: false } as const satisfies Partial<UserView>;

export const PLAIN_FOR_ADMINS = {
  ...PLAIN,
  availability: "auto",
  availabilityUntilAt: null,
  choseAt: null,
  hideLastSeen: false,
} as const satisfies Partial<AdminUserView>;
