import { part } from "../../ui/usePart";

/** What stands around the graph: fetched when that has been seen. */
export const PANELS = part(() => import("./panels"));

/** Rarely wanted: fetched when it is. */
export const CONVERSION = part(() => import("./conversion/ConvertDialog"));

/** Fetched when the page is idle, or when one is wanted. */
export const DIALOGS = part(() => import("./dialogs"));
