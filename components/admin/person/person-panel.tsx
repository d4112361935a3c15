"use client";

import { useState, type ReactNode } from "react";
import { visibleId } from "../../../core/shared/names";
import type { AdminUser, StatusMessage } from "../../../core/shared/terms";
import { messageInWords } from "../../status/status-words";
import { LastSeen } from "../../time/last-seen";
import { ExactTime, PlainTimeAgo } from "../../time/time-text";
import { Notice } from "../../ui/notice";
import { roomPath } from "../api/admin-api";
import type { PersonAnswer, PersonHistory } from "../../../core/shared/api-answers";
import { useAsked } from "../api/use-asked";
import { csvFileName, csvInstant, saveCsv, toCsv } from "../csv";
import { pastReasonInShort } from "../explain-reason";
import { SaveButton } from "../save-button";
import { ChangeList } from "./change-list";
import { ConnectionCards } from "./connection-cards";
import { DayBar } from "./day-bar";

/** The panel refreshes this often, because latencies and the bar's end change without a diff. */
const ASK_EVERY_MS = 4_000;

/** A person's details: the day, all connections, all changes. */
export function PersonPanel({ room, user }: { room: string; user: AdminUser }) {
  // The reader's day. A panel that is open at midnight keeps the day on which it was opened.
  const [day] = useState(today);
  const path = roomPath(room, "users", user.id);
  const person = useAsked<PersonAnswer>(path, ASK_EVERY_MS, user);
  const past = useAsked<PersonHistory>(`${path}/history?from=${day.startAt}`, ASK_EVERY_MS, user);
  const problem = person.problem ?? past.problem;
  const detail = person.data?.user;
  return (
    <div className="grid gap-6">
      {problem && (
        <Notice
          text={problem.text}
          onRetry={() => {
            person.again();
            past.again();
          }}
        />
      )}
      {user.message && <Message message={user.message} />}
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-[13px]">
        <Fact name="Status since">
          <ExactTime at={user.sinceAt} />
        </Fact>
        <Fact name="Last seen">{user.lastSeenAt === null ? "now" : <LastSeen at={user.lastSeenAt} />}</Fact>
        <Fact name="Last input">{detail ? <PlainTimeAgo at={detail.lastActiveAt} /> : "…"}</Fact>
        {past.data?.knownSinceAt && (
          <Fact name="First seen">
            <ExactTime at={past.data.knownSinceAt} />
          </Fact>
        )}
        <Fact name="Id">
          <code className="text-xs break-all">
            <bdi>{visibleId(user.id)}</bdi>
          </code>
        </Fact>
      </dl>
      <Section title="Today">
        {past.data ? (
          <DayBar history={past.data} dayEndAt={day.endAt} />
        ) : (
          <span className="h-9 animate-breathe rounded-md bg-line" />
        )}
      </Section>
      <Section
        title={user.connections.length === 1 ? "1 connection" : `${user.connections.length} connections`}
      >
        <ConnectionCards connections={user.connections} measured={detail?.connections ?? []} />
      </Section>
      <Section
        title="Changes today"
        action={
          past.data && (
            <SaveButton
              label="Export the changes as CSV"
              onSave={() =>
                saveCsv(changesCsv(past.data), csvFileName(`${room}-changes`, past.data?.now ?? 0))
              }
            />
          )
        }
      >
        {past.data ? (
          <ChangeList history={past.data} />
        ) : (
          <span className="h-20 animate-breathe rounded-md bg-line" />
        )}
      </Section>
    </div>
  );
}

function changesCsv(history: PersonHistory | null): string {
  const rows = (history?.changes ?? []).map(({ at, was, status, reason, merged }) => {
    return [csvInstant(at), was, status, reason ? pastReasonInShort(reason) : "", merged ?? null];
  });
  return toCsv(["at", "was", "status", "reason", "merged"], rows);
}

function Message({ message }: { message: StatusMessage }) {
  const { untilAt } = message;
  return (
    <p className="rounded-md border border-line px-3 py-2 text-[13px] break-words">
      <bdi>{messageInWords(message)}</bdi>
      {untilAt !== null && (
        <span className="block text-muted">
          Until <ExactTime at={untilAt} />
        </span>
      )}
    </p>
  );
}

interface SectionProps {
  readonly title: string;
  /** The button beside the title. */
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

function Section({ title, action, children }: SectionProps) {
  return (
    <section className="grid gap-2">
      <div className="flex items-center justify-between">
        <h3 className="text-xs font-medium text-muted">{title}</h3>
        {action}
      </div>
      {children}
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}

function today(): { startAt: number; endAt: number } {
  const start = new Date();
  start.setHours(0, 0, 0, 0);
  const end = new Date(start);
  end.setDate(end.getDate() + 1);
  return { startAt: start.getTime(), endAt: end.getTime() };
}
