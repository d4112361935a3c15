// What `perf script -F period,ip,sym` says, made into sums: pure, and apart from how it was recorded.

/** @typedef {{ ms: number, stack: string[] }} Sample of CPU time, with who called whom, the innermost first */
/** @typedef {{ ms: number, selfMs: number, entryMs: number }} Share below a function, in it, and as the outermost */

/**
 * Each sample is a line with its time in nanoseconds and one per frame; an empty line ends it.
 * @param {AsyncIterable<string> | Iterable<string>} lines
 * @returns {AsyncGenerator<Sample>}
 */
export async function* samplesOf(lines) {
  /** @type {Sample | null} */
  let sample = null;
  for await (const line of lines) {
    const text = line.trim();
    if (sample === null) {
      if (text !== "") sample = { ms: Number(text) / 1e6, stack: [] };
    } else if (text === "") {
      yield sample;
      sample = null;
    } else {
      sample.stack.push(text.slice(text.indexOf(" ") + 1));
    }
  }
  if (sample !== null) yield sample;
}

/**
 * Told by frames anywhere in a stack; the first that fits has it, so that a page fault of the garbage
 * collector's is memory, and the writing of a database is not a system call.
 * @type {[kind: string, frames: RegExp][]}
 */
const KINDS = [
  ["memory: allocator, page faults", /tcmalloc|page_fault/i],
  [
    "V8's garbage collection",
    /Scaveng|MarkCompact|MarkSweep|ConcurrentMarking|IncrementalMarking|CollectGarbage|Sweeper|cppgc::internal::\w*Mark/,
  ],
  [
    "V8's compilers",
    /maglev::|Maglev|Turbo[Ff]an|turboshaft::|internal::compiler::|Sparkplug|baseline::|internal::Compiler|OptimizingCompile|internal::parsing|internal::Parser|BytecodeGenerator|interpreter::Interpreter/,
  ],
  ["SQLite", /sqlite/i],
  ["sockets and other system calls", /entry_SYSCALL|do_syscall/],
  ["crypto", /SubtleCrypto|HMAC|EVP_|SHA256/],
  ["structured clone: attachments", /ValueSerializer|ValueDeserializer|jsg::(Des|S)erializer/],
  ["text to UTF-8 and back", /Utf8|simdutf/],
];
const JAVASCRIPT = "JavaScript itself";
const RUNTIME = "the rest of workerd's C++";

/** The kinds of work, in the order of a table. */
export const kinds = [...KINDS.map(([kind]) => kind), JAVASCRIPT, RUNTIME];

const FUNCTION = /^JS:[*^~+']*(.*)$/;
/** A function of ours may be called anything, and a name that perf could not read lists types of all kinds. */
const UNTELLING = /^(JS:|_Z)/;
const withoutTypes = (/** @type {string} */ frame) => frame.split("<", 1)[0];
const IS_JAVASCRIPT = /^(JS:|Builtins_)/;
const IS_RUNTIME =
  /^_ZN?K?(7workerd|2kj|5capnp)|^(workerd|kj|capnp)::|^non-virtual thunk to (workerd|kj|capnp)::/;

/** @param {string[]} stack */
function kindOf(stack) {
  const native = stack
    .filter((frame) => !UNTELLING.test(frame))
    .map(withoutTypes)
    .join("\n");
  const known = KINDS.find(([, frames]) => frames.test(native));
  if (known) return known[0];
  // What V8 does for JavaScript, such as JSON, has neither name: whoever asked for it says.
  const asker = stack.find((frame) => IS_JAVASCRIPT.test(frame) || IS_RUNTIME.test(frame));
  return asker !== undefined && IS_JAVASCRIPT.test(asker) ? JAVASCRIPT : RUNTIME;
}

/** The sums of many samples. */
export class Profile {
  totalMs = 0;
  /** @type {Map<string, number>} */
  kinds = new Map();
  /** By name and place: `flush main.ts:9484:8`. @type {Map<string, Share>} */
  #functions = new Map();

  /** @param {Sample} sample */
  add({ ms, stack }) {
    this.totalMs += ms;
    const kind = kindOf(stack);
    this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + ms);
    const called = stack.flatMap((frame) => FUNCTION.exec(frame)?.[1] ?? []);
    // Once, however deep it calls itself.
    for (const name of new Set(called)) this.#share(name).ms += ms;
    const [innermost, outermost] = [called[0], called.at(-1)];
    if (innermost !== undefined) this.#share(innermost).selfMs += ms;
    if (outermost !== undefined) this.#share(outermost).entryMs += ms;
  }

  /** @param {string} name */
  #share(name) {
    let share = this.#functions.get(name);
    if (!share) this.#functions.set(name, (share = { ms: 0, selfMs: 0, entryMs: 0 }));
    return share;
  }

  /** @param {number} most @returns {(Share & { name: string })[]} the most expensive first */
  functions(most) {
    const dear = [...this.#functions].toSorted(([, a], [, b]) => b.ms - a.ms).slice(0, most);
    const split = dear.map(([key, share]) => ({ ...readable(key), share }));
    return split.map(({ name, place, share }) => {
      const isAlone = split.filter((other) => other.name === name).length === 1;
      return { name: isAlone && name !== "" ? name : `${name} ${place}`.trim(), ...share };
    });
  }
}

/** @param {string} key a name, which may be empty, and a place with line and column */
function readable(key) {
  const [, name = key, place = ""] = /^(.*?) ?(\S+:\d+):\d+$/.exec(key) ?? [];
  return { name, place };
}
