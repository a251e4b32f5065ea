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

declare global {
  interface Window {
    /** Begun by the shell of a page that draws, before any script of it is there (templates/app.html). */
    layoutWorker?: Worker;
  }
}

/** The worker is made when it is first wanted, unless the shell has. */
class Engine implements LayoutEngine {
  private elk: InstanceType<typeof ELK> | null = null;

  start(): InstanceType<typeof ELK> {
    if (this.elk === null) {
      const worker = window.layoutWorker ?? new Worker(workerUrl);
      delete window.layoutWorker;
      this.elk = new ELK({ workerFactory: () => worker });
    }
    return this.elk;
  }

  layout(graph: ElkNode): Promise<ElkNode> {
    return this.start().layout(graph);
  }
}
