import { LogIn } from "lucide-react";
import { CardMessage } from "../ui/card-page";
import { PRIMARY_BUTTON } from "../ui/classes";

interface SignInElsewhereProps {
  readonly room: string;
  /** The page of the sign-in, which gets the room; null if it is not set. */
  readonly signInUrl: string | null;
  /** Whether the user has just left. */
  readonly left: boolean;
  /** Why the user's sign-in could not be ended. */
  readonly leaveProblem: string | null;
}

/** Tells a user, where guests are off, to sign in with the team's account in its own app. */
export function SignInElsewhere({ room, signInUrl, left, leaveProblem }: SignInElsewhereProps) {
  return (
    <CardMessage
      title={`Sign in to enter ${room}`}
      text={
        <>
          <p role="status">
            {left && "You have left. The others see you as offline. "}
            {signInUrl === null
              ? "Sign in with your team's account in your team's app, then open presence from there."
              : "This server requires your team's account."}
          </p>
          {leaveProblem && <p className="mt-1 text-danger">Signing out is not complete: {leaveProblem}</p>}
        </>
      }
    >
      {signInUrl !== null && (
        <a className={`${PRIMARY_BUTTON} h-9`} href={withRoom(signInUrl, room)}>
          <LogIn className="size-4" aria-hidden />
          Sign in
        </a>
      )}
    </CardMessage>
  );
}

function withRoom(signInUrl: string, room: string): string {
  const url = new URL(signInUrl);
  url.searchParams.set("room", room);
  return url.toString();
}
