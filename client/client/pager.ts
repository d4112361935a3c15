import type { PageQuery, PageRows } from "../../core/shared/page-query";
import type { ClientMessage, ServerMessage } from "../../core/wire/protocol";

/** Requests pages of a large room from the server (VW2). One at a time: a new request replaces the one before. */
export interface Pager {
  /** Resolves with the page. Rejects when another page is requested or the client ends. */
  readonly ask: (query: PageQuery) => Promise<PageRows>;
  /** A page has arrived. */
  readonly receive: (message: ServerMessage & { type: "page" }) => void;
  /** A new connection has begun. Repeats an unanswered request. */
  readonly resume: () => void;
  /** The client has the whole roster now. Answers the request from it, because no page will come. */
  readonly settle: (read: (query: PageQuery) => PageRows) => void;
  /** The client has ended. */
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
