"use client";

import { X } from "lucide-react";
import { Dialog } from "radix-ui";
import { memo, useRef, useState } from "react";
import { useConnectionStatus, useUserPresence } from "../../../client/react/react";
import { isAdminView } from "../../../core/shared/roster-query";
import { isAddressable } from "../../../core/shared/names";
import { isolate } from "../../../core/shared/text";
import type { AdminUser } from "../../../core/shared/terms";
import { Avatar } from "../../avatar/avatar";
import { Name } from "../../avatar/name";
import { useTimeText } from "../../time/use-time";
import { ICON_BUTTON } from "../../ui/classes";
import { roomPath } from "../api/admin-api";
import type { PersonAnswer } from "../../../core/shared/api-answers";
import { toView } from "../api/fetch-users";
import { useAsked } from "../api/use-asked";
import { dotOf } from "../../status/status-words";
import { explainStatus } from "../explain-reason";
import { openButtonOf } from "../roster-row";
import { PersonActions } from "./person-actions";
import { PersonPanel } from "./person-panel";

/** The greatest age of a person's data. */
const ASK_EVERY_MS = 3_000;

interface PersonSheetProps {
  readonly room: string;
  /** The id of the open sheet's person; null if it is closed. */
  readonly userId: string | null;
  readonly stale: boolean;
  readonly onClose: () => void;
}

/** A person's panel beside the roster, which stays live and usable. On a phone it covers the roster. */
const PersonSheet = memo(function PersonSheet({ room, userId, stale, onClose }: PersonSheetProps) {
  const latest = useRef<string | null>(null);
  const [told, setTold] = useState("");
  return (
    <>
      <p role="status" className="sr-only">
        {told}
      </p>
      <Dialog.Root modal={false} open={userId !== null} onOpenChange={(open) => !open && onClose()}>
        <Dialog.Content
          className="flex shrink-0 animate-slide flex-col border-line bg-surface outline-none max-lg:fixed max-lg:inset-y-0 max-lg:right-0 max-lg:z-35 max-lg:w-full max-lg:shadow-raised sm:w-[27rem] sm:border-l"
          onOpenAutoFocus={() => (latest.current = userId)}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            (openButtonOf(latest.current ?? "") ?? document.querySelector("main"))?.focus({
              preventScroll: true,
            });
          }}
          onInteractOutside={(event) => event.preventDefault()}
          data-person-sheet
        >
          {userId !== null && (
            <SheetContent
              room={room}
              userId={userId}
              stale={stale}
              onErased={(name) => {
                setTold(`${isolate(name)} was erased.`);
                onClose();
              }}
            />
          )}
        </Dialog.Content>
      </Dialog.Root>
    </>
  );
});

export default PersonSheet;

interface SheetContentProps {
  readonly room: string;
  readonly userId: string;
  readonly stale: boolean;
  readonly onErased: (name: string) => void;
}

function SheetContent({ room, userId, stale, onErased }: SheetContentProps) {
  const known = usePerson(room, userId);
  return (
    <>
      <header className="flex shrink-0 items-start gap-3 border-b border-line p-4">
        {known && <Avatar profile={known} size={44} status={stale ? undefined : dotOf(known)} />}
        <div className="min-w-0 flex-1">
          <Dialog.Title className="truncate text-base font-semibold tracking-tight">
            {known ? <Name user={known} /> : "Nobody"}
          </Dialog.Title>
          <Dialog.Description className="text-[13px]/[18px] text-muted">
            {known ? <Why user={known} /> : "This room knows nobody with this id, or has forgotten them."}
          </Dialog.Description>
        </div>
        <Dialog.Close className={ICON_BUTTON} aria-label="Close">
          <X className="size-4" aria-hidden />
        </Dialog.Close>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto p-4" tabIndex={-1}>
        {known && <PersonPanel key={known.id} room={room} user={known} />}
      </div>
      {known && (
        <footer className="shrink-0 border-t border-line p-4">
          <PersonActions
            room={room}
            user={known}
            connections={known.connections.length}
            onErased={() => onErased(known.name)}
          />
        </footer>
      )}
    </>
  );
}

/** The person from the live roster, or from a request if they are not on the current page. */
function usePerson(room: string, userId: string): AdminUser | null {
  const user = useUserPresence(userId);
  const { mode } = useConnectionStatus();
  // The address may contain any text.
  const isAsked = !user && mode === "pages" && isAddressable(userId);
  const { data } = useAsked<PersonAnswer>(isAsked ? roomPath(room, "users", userId) : null, ASK_EVERY_MS);
  if (user) return isAdminView(user) ? user : null;
  return data ? toView(data.user) : null;
}

function Why({ user }: { user: AdminUser }) {
  return useTimeText((now, conventions) => explainStatus(user, now, conventions));
}
