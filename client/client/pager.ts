import type { PageQuery, PageRows } from "../../core/shared/page-query";
import type { ClientMessage, ServerMessage } from "../../core/wire/protocol";

/** Asks for pages of a roster that is not sent whole (VW2), one at a time: who turns on does not want the last. */
export interface Pager {
  /** Resolves with the page; rejects when a later question or the client's end makes it of no use. */
  readonly ask: (query: PageQuery) => Promise<PageRows>;
  /** A page has come. */
  readonly receive: (message: ServerMessage & { type: "page" }) => void;
  /** The connection begins anew: what has not been answered is asked again. */
  readonly resume: () => void;
  /** The roster is known whole now: no page will come, and the answer is in what is known. */
  readonly settle: (read: (query: PageQuery) => PageRows) => void;
  /** Nothing more will come. */
  readonly end: () => void;
}

interface Question {
  readonly request: number;
  readonly query: PageQuery;
  readonly resolve: (page: PageRows) => void;
  readonly reject: (error: Error) => void;
}

export function createPager(send: (message: ClientMessage) => boolean): Pager {
  let open: Question | null = null;
  let count = 0;

  function drop(why: string): void {
    open?.reject(new Error(why));
    open = null;
  }

  function pose({ request, query }: Pick<Question, "request" | "query">): void {
    send({ type: "page", request, query });
  }

  return {
    ask(query) {
      drop("another page was asked for");
      const request = (count += 1);
      return new Promise((resolve, reject) => {
        open = { request, query, resolve, reject };
        pose(open);
      });
    },
    receive({ request, total, users }) {
      if (open?.request !== request) return;
      open.resolve({ total, users });
      open = null;
    },
    resume() {
      if (open) pose(open);
    },
    settle(read) {
      open?.resolve(read(open.query));
      open = null;
    },
    end() {
      drop("the client has ended");
    },
  };
}
