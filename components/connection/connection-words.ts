import type { ConnectionState } from "../../client/connection/connection";
import type { StopReason } from "../../core/shared/close-codes";

/** What the user can do about a connection that has ended. */
export type Remedy = "reconnect" | "reload" | "signIn" | "leave";

interface StopWords {
  readonly title: string;
  readonly text: string;
  readonly remedy: Remedy;
}

/** What happened and what to do, for each permanent end of a connection. */
export const STOP_WORDS: Readonly<Record<StopReason, StopWords>> = {
  tokenRefused: words("Your sign-in has ended", "Sign in again to see who is here.", "signIn"),
  roomRefused: words("You may not enter this room", "Ask its admin, or choose another room.", "leave"),
  versionRefused: words(
    "This page is out of date",
    "The server has been updated: reload the page.",
    "reload",
  ),
  signedOut: words("You have signed out", "Sign in again to see who is here.", "signIn"),
  replaced: words("Opened elsewhere", "A copy of this page has taken its place in the room.", "reconnect"),
  badMessages: words("The server did not understand this page", "Reloading should help.", "reload"),
  profileTooLong: words(
    "Your name or picture is too long",
    "This server takes shorter ones: sign in with a shorter name.",
    "signIn",
  ),
  tooMuch: words("This page sent too much", "Reloading should help.", "reload"),
  tooManyOfUser: words("Too many of your pages are open", "Close some, then try again.", "reconnect"),
  roomFull: words("This room is full", "Try again when somebody has left.", "reconnect"),
  tooManyUsers: words("This room takes no more people", "An admin of the room can help.", "reconnect"),
  roomDeleted: words(
    "This room was deleted",
    "An admin deleted it and its history. If you enter it again, it starts empty.",
    "reconnect",
  ),
  disconnected: words(
    "You were disconnected",
    "An admin ended this connection. You may return.",
    "reconnect",
  ),
  stopped: words("Not connected", "This page no longer listens to the room.", "reconnect"),
};

function words(title: string, text: string, remedy: Remedy): StopWords {
  return { title, text, remedy };
}

/** The labels of the remedies' buttons. */
export const REMEDY_LABELS: Readonly<Record<Remedy, string>> = {
  reconnect: "Reconnect",
  reload: "Reload",
  signIn: "Sign in again",
  leave: "Other rooms",
};

/** The connection's state in one or two words, for a chip. */
export const CONNECTION_WORDS: Readonly<Record<ConnectionState["status"], string>> = {
  idle: "Connecting",
  connecting: "Connecting",
  live: "Live",
  reconnecting: "Reconnecting",
  stopped: "Not connected",
};
