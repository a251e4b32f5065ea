/** What stands around the graph: code of its own, which the page fetches when the graph has been seen. */
export { CodePanel } from "./CodePanel";
export { Inspector } from "./inspector/Inspector";
export { LeftPane } from "./LeftPane";
export { Outline } from "./Outline";
