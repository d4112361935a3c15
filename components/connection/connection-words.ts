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
export function stopWords(reason: StopReason): StopWords {
  switch (reason) {
    case "tokenRefused":
      return { title: "Your sign-in has ended", text: "Sign in again to see who is here.", remedy: "signIn" };
    case "roomRefused":
      return {
        title: "You may not enter this room",
        text: "Ask whoever runs it, or choose another room.",
        remedy: "leave",
      };
    case "versionRefused":
      return {
        title: "This page is out of date",
        text: "The server has been updated: load the page anew.",
        remedy: "reload",
      };
    case "signedOut":
      return { title: "You have signed out", text: "Sign in again to see who is here.", remedy: "signIn" };
    case "replaced":
      return {
        title: "Opened elsewhere",
        text: "A copy of this page has taken over its place in the room.",
        remedy: "reconnect",
      };
    case "badMessages":
      return {
        title: "The server did not understand this page",
        text: "Loading it anew should help.",
        remedy: "reload",
      };
    case "profileTooLong":
      return {
        title: "Your name or picture is too long",
        text: "This server takes shorter ones: sign in with a shorter name.",
        remedy: "signIn",
      };
    case "tooMuch":
      return {
        title: "This page sent too much",
        text: "Loading it anew should help.",
        remedy: "reload",
      };
    case "tooManyOfUser":
      return {
        title: "Too many of your pages are open here",
        text: "Close some of them, then try again.",
        remedy: "reconnect",
      };
    case "roomFull":
      return {
        title: "This room is full",
        text: "Try again when somebody has left.",
        remedy: "reconnect",
      };
    case "tooManyUsers":
      return {
        title: "This room takes no more people",
        text: "It has reached its limit. An admin of the room can help.",
        remedy: "reconnect",
      };
    case "roomDeleted":
      return {
        title: "This room was deleted",
        text: "An admin has deleted it with all that it kept. If you enter it again, it begins anew.",
        remedy: "reconnect",
      };
    case "disconnected":
      return {
        title: "You were disconnected",
        text: "An admin has ended this connection. You may come back.",
        remedy: "reconnect",
      };
    case "stopped":
      return {
        title: "Not connected",
        text: "This page is no longer listening to the room.",
        remedy: "reconnect",
      };
    default:
      return reason satisfies never;
  }
}

/** The label of a remedy's button. */
export function remedyLabel(remedy: Remedy): string {
  switch (remedy) {
    case "reconnect":
      return "Connect again";
    case "reload":
      return "Load anew";
    case "signIn":
      return "Sign in again";
    case "leave":
      return "Other rooms";
    default:
      return remedy satisfies never;
  }
}

/** The connection's state in one or two words, for a chip. */
export function connectionWord(connection: ConnectionState): string {
  switch (connection.status) {
    case "idle":
    case "connecting":
      return "Connecting";
    case "live":
      return "Live";
    case "reconnecting":
      return "Reconnecting";
    case "stopped":
      return "Not connected";
    default:
      return connection satisfies never;
  }
}
