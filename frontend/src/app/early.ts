/**
 * A script of its own that runs before the page's, several times as large, is read: a designer's machine is laid out
 * while the page comes up.
 */
import { askAhead } from "../features/designer/ahead";

const [, place, id, view] = location.pathname.split("/");
if (place === "machines" && id && view === "edit") askAhead(decodeURIComponent(id));
