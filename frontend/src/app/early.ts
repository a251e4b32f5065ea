/**
 * A script of its own that runs before the page's, several times as large, is read: on a page that draws a
 * graph the layout engine begins to load, and a designer's machine is laid out while the page comes up.
 */
import { layouter } from "../canvas/elk";
import { askAhead } from "../features/designer/ahead";

const [, place, id, view] = location.pathname.split("/");
if (place === "machines" && id && view === "edit") {
  layouter().start();
  askAhead(decodeURIComponent(id));
} else if (place === "executions" && id) {
  layouter().warm();
}
