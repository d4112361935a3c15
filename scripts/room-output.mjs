import { stripVTControlCharacters } from "node:util";

// What `partykit dev` says about itself; the room's own words are what is left.
const CHATTER = [
  /^🎈 PartyKit/u,
  /^-+$/,
  /^Loading environment variables from/,
  /^Build succeeded, starting server/,
  /^⎔/u,
];
// It asks for a debugger that we do not open (bind-host.cjs) and prints the refusal as an
// error of many lines, the last of which is a brace alone.
const DEBUGGER_START = /^Error attempting to retrieve debugger URL/;
const DEBUGGER_END = /^\}$/;

/**
 * @param {(line: string) => void} pass
 * @returns {(line: string) => void}
 */
export function roomOutputFilter(pass) {
  let inDebuggerError = false;
  return (raw) => {
    // The control characters are ink's, which redraws a terminal that is not there.
    const line = stripVTControlCharacters(raw).trimEnd();
    if (inDebuggerError) inDebuggerError = !DEBUGGER_END.test(line);
    else if (DEBUGGER_START.test(line)) inDebuggerError = true;
    else if (line !== "" && !CHATTER.some((pattern) => pattern.test(line))) pass(line);
  };
}
