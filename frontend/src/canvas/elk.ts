import ELK from "elkjs/lib/elk-api";
// The published worker, copied as it is: the licence of elkjs asks for it, and `worker-src 'self'` too.
import workerUrl from "elkjs/lib/elk-worker.min.js?url";
import { Layouter } from "./layout";
import { tabShelf } from "./shelf";

let shared: Layouter | null = null;

/** One worker and one cache for the whole page. */
export function layouter(): Layouter {
  if (shared === null) {
    const elk = new ELK({ workerFactory: () => new Worker(workerUrl) });
    shared = new Layouter((graph) => elk.layout(graph), tabShelf(sessionStorage, import.meta.url));
  }
  return shared;
}
