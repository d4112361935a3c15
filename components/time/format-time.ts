/**
 * Formats times and numbers. The words are English. The clock, the calendar and the thousands follow the reader's
 * locale and time zone, which `conventions` names.
 */
export interface Conventions {
  readonly locale: string;
  readonly timeZone: string;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** «just now», «4 min ago», «3 h ago», «yesterday at 17:20», «Monday at 17:20», «3 Nov», «3 Nov 2025». */
export function formatAgo(at: number, now: number, conventions: Conventions): string {
  const age = now - at;
  // An instant in the future is a clock error.
  if (age < MINUTE) return "just now";
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min ago`;
  const days = calendarDaysBetween(at, now, conventions);
  if (days === 0) return `${Math.floor(age / HOUR)} h ago`;
  if (days === 1) return `yesterday at ${formatClock(at, conventions)}`;
  if (days < 7) return `${part(at, conventions, { weekday: "long" })} at ${formatClock(at, conventions)}`;
  return formatDay(at, now, conventions);
}

/** A duration in one unit: «4 s», «12 min», «3 h», «2 d». */
export function formatDuration(ms: number): string {
  const age = Math.max(0, ms);
  if (age < MINUTE) return `${Math.floor(age / SECOND)} s`;
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min`;
  if (age < DAY) return `${Math.floor(age / HOUR)} h`;
  return `${Math.floor(age / DAY)} d`;
}

/** A duration in two units: «42 s», «12 min», «3 h 12 min». */
export function formatSpan(ms: number): string {
  const minutes = Math.floor(ms / MINUTE);
  if (minutes < 60) return formatDuration(ms);
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? "" : ` ${rest} min`}`;
}

/** An instant in short form: «14:02», with the day if it is not today. */
export function formatInstant(at: number, now: number, conventions: Conventions, seconds = false): string {
  const clock = formatClock(at, conventions, seconds);
  const days = calendarDaysBetween(at, now, conventions);
  if (days === 0) return clock;
  if (days === 1) return `yesterday at ${clock}`;
  if (days === -1) return `tomorrow at ${clock}`;
  return `${formatDay(at, now, conventions)} at ${clock}`;
}

/** An instant with day, seconds and time zone, for a tooltip. */
export function formatExact(at: number, conventions: Conventions): string {
  return part(at, conventions, {
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
  });
}

/** «Tue 24», for an axis of days. */
export function formatWeekday(at: number, conventions: Conventions): string {
  return part(at, conventions, { weekday: "short", day: "numeric" });
}

/** «10,000» or «10.000», by locale. */
export function formatCount(count: number, { locale }: Pick<Conventions, "locale">): string {
  return numbers(englishOf(locale)).format(count);
}

/** «14:02» or «14:02:07», by locale. */
export function formatClock(at: number, conventions: Conventions, seconds = false): string {
  return part(at, conventions, { hour: "2-digit", minute: "2-digit", ...(seconds && { second: "2-digit" }) });
}

function formatDay(at: number, now: number, conventions: Conventions): string {
  const sameYear = part(at, conventions, { year: "numeric" }) === part(now, conventions, { year: "numeric" });
  return part(at, conventions, { day: "numeric", month: "short", ...(!sameYear && { year: "numeric" }) });
}

/** The midnights between two instants on the reader's calendar. A day may have 23 hours. */
function calendarDaysBetween(from: number, to: number, conventions: Conventions): number {
  return Math.round((dayNumber(to, conventions) - dayNumber(from, conventions)) / DAY);
}

function dayNumber(at: number, { timeZone }: Conventions): number {
  const [month = 1, day = 1, year = 0] = formatter("en-US", timeZone, CALENDAR_DAY)
    .format(at)
    .split("/")
    .map(Number);
  return Date.UTC(year, month - 1, day);
}

/** «11/24/2026» in American English. */
const CALENDAR_DAY = { year: "numeric", month: "numeric", day: "numeric" } as const;

function part(at: number, { locale, timeZone }: Conventions, options: Intl.DateTimeFormatOptions): string {
  // Some locales put a narrow space before AM, which fonts lack.
  return formatter(englishOf(locale), timeZone, options).format(at).replaceAll("\u202F", " ");
}

/**
 * Extracts the language tag from a system's locale; null if there is none. Browsers report the system's name unchanged:
 * "en-US@posix", "de_DE.UTF-8", "C", or nothing (BR1).
 */
export function languageTag(locale: unknown): string | null {
  if (typeof locale !== "string") return null;
  try {
    return new Intl.Locale(locale.replace(/[.@].*$/s, "").replaceAll("_", "-")).toString();
  } catch {
    return null;
  }
}

/** English with the reader's region: their clock and their order of day and month. */
function englishOf(locale: string): string {
  return remembered(englishes, locale, () => {
    const tag = languageTag(locale);
    if (tag === null) return "en";
    const { language, region } = new Intl.Locale(tag).maximize();
    return language === "en" ? tag : `en-${region ?? "001"}`;
  });
}

const englishes = new Map<string, string>();

/** Formatters are cached, because creating one costs a hundred times as much as using it. */
const formatters = new Map<string, Pick<Intl.DateTimeFormat, "format">>();

const numberFormatters = new Map<string, Pick<Intl.NumberFormat, "format">>();

function numbers(locale: string): Pick<Intl.NumberFormat, "format"> {
  return remembered(numberFormatters, locale, () =>
    attempt<Pick<Intl.NumberFormat, "format">>(
      () => new Intl.NumberFormat(locale),
      () => ({ format: String }),
    ),
  );
}

function formatter(
  locale: string,
  timeZone: string,
  options: Intl.DateTimeFormatOptions,
): Pick<Intl.DateTimeFormat, "format"> {
  return remembered(formatters, `${locale} ${timeZone} ${JSON.stringify(options)}`, () =>
    attempt<Pick<Intl.DateTimeFormat, "format">>(
      () => new Intl.DateTimeFormat(locale, { ...options, timeZone }),
      // The time zone does not exist. Use the machine's.
      () =>
        attempt<Pick<Intl.DateTimeFormat, "format">>(
          () => new Intl.DateTimeFormat(locale, options),
          () => plainFormatter(options),
        ),
    ),
  );
}

/** Without `Intl.DateTimeFormat`: English, a 24-hour clock, and the machine's time zone. */
function plainFormatter(options: Intl.DateTimeFormatOptions): Pick<Intl.DateTimeFormat, "format"> {
  return {
    format(at = Date.now()) {
      const date = new Date(at);
      if (options.month === "numeric")
        return `${date.getMonth() + 1}/${date.getDate()}/${date.getFullYear()}`;
      // «Tue Nov 24 2026 14:02:09 GMT+0100», which ECMAScript specifies.
      const [weekday, month, day, year, clock = "", zone] = date.toString().split(" ");
      const time = options.second ? clock : clock.slice(0, 5);
      const said = [
        options.weekday && weekday,
        options.day && day,
        options.month && month,
        options.year && year,
        options.hour && time,
        options.timeZoneName && zone,
      ];
      return said.filter((each) => each !== undefined).join(" ");
    },
  };
}

function attempt<T>(make: () => T, otherwise: () => T): T {
  try {
    return make();
  } catch {
    return otherwise();
  }
}

function remembered<T>(known: Map<string, T>, key: string, make: () => T): T {
  let made = known.get(key);
  if (made === undefined) known.set(key, (made = make()));
  return made;
}
