import ELK, { type ElkNode } from "elkjs/lib/elk-api";
// The published worker, copied as it is: the licence of elkjs asks for it, and `worker-src 'self'` too.
import workerUrl from "elkjs/lib/elk-worker.min.js?url";
import { type LayoutEngine, Layouter } from "./layout";
import { browserShelf } from "./shelf";

let shared: Layouter | null = null;

/** One worker and one cache for the whole page. */
export function layouter(): Layouter {
  if (shared === null) {
    const shelf = browserShelf(localStorage, import.meta.url);
    shared = new Layouter(new Engine(), shelf);
  }
  return shared;
}

/** The worker is made when it is first wanted: most scopes never want it. */
class Engine implements LayoutEngine {
  private elk: InstanceType<typeof ELK> | null = null;

  layout(graph: ElkNode): Promise<ElkNode> {
    this.elk ??= new ELK({ workerFactory: () => new Worker(workerUrl) });
    return this.elk.layout(graph);
  }
}
