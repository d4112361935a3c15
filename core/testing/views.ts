/** For tests only: the fields of the views of somebody who has chosen nothing. */
import type { AdminUser, User } from "../shared/terms";

export const PLAIN = { message: null, dnd: false } as const satisfies Partial<User>;

export const PLAIN_FOR_ADMINS = {
  ...PLAIN,
  availability: "auto",
  availabilityUntilAt: null,
  choseAt: null,
  hideLastSeen: false,
} as const satisfies Partial<AdminUser>;
