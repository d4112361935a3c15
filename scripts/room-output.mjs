import { stripVTControlCharacters } from "node:util";

// Lines of `partykit dev` about itself. The other lines come from the room.
const CHATTER = [
  /^🎈 PartyKit/u,
  /^-+$/,
  /^Loading environment variables from/,
  /^Build succeeded, starting server/,
  /^⎔/u,
];
// It connects to a debugger that we do not open (bind-host.cjs), and prints the refusal as an error of many lines. The
// last one is a single brace.
const DEBUGGER_START = /^Error attempting to retrieve debugger URL/;
const DEBUGGER_END = /^\}$/;

/**
 * @param {(line: string) => void} pass
 * @returns {(line: string) => void}
 */
export function roomOutputFilter(pass) {
  let inDebuggerError = false;
  return (raw) => {
    // ink writes control characters for a terminal.
    const line = stripVTControlCharacters(raw).trimEnd();
    if (inDebuggerError) inDebuggerError = !DEBUGGER_END.test(line);
    else if (DEBUGGER_START.test(line)) inDebuggerError = true;
    else if (line !== "" && !CHATTER.some((pattern) => pattern.test(line))) pass(line);
  };
}
