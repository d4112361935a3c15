/** A fault that the person who starts Rollcall can correct. It is shown as one line, without a stack. */
export class StartError extends Error {}

/**
 * What to print about an error that ends a command. Errors of the operating system (a file that cannot be read, a
 * port that cannot be opened) are shown as one line as well: their stack says nothing about Rollcall.
 * @param {unknown} error
 * @returns {string}
 */
export function describeError(error) {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof StartError || "syscall" in error) return error.message;
  return error.stack ?? error.message;
}
