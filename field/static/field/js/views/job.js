import { el } from "mapping/dom";
import { pageHead } from "field/pieces";
import * as router from "field/router";
/** Not yet. */
export function show(root) { root.replaceChildren(pageHead("…", router.back), el("p", {}, "…")); }
