/**
 * Modules that come after the page itself, and may not come at all: the network ends between a tap and its view.
 *
 * A tap must never end in nothing, and what only adds to the page must not become a fault of it.
 */
import { el, icon } from "web/dom";
import { pageHead } from "field/shell/pieces";
import * as router from "field/shell/router";

/** @typedef {{show: (root: HTMLElement, params: string[]) => any}} View */

/**
 * A view's module, or a view that says why there is none.
 * @param {{load: () => Promise<View>, kind?: string}} view
 * @returns {Promise<View>}
 */
export const viewOf = (view) => view.load().catch(() => ({ show: (root) => showMissing(root, view.kind) }));

/**
 * A module that does something nobody waits for; null when it did not come, and the next occasion asks again.
 * @template Module
 * @param {Promise<Module>} module
 * @returns {Promise<Module|null>}
 */
export const ifItComes = (module) => module.catch(() => null);

/** What stands in the view's place. Tabs have the page's own head; what lies on top brings one, to lead back. */
function showMissing(root, kind) {
  const words = el(
    "div",
    { class: "empty" },
    icon("alert"),
    el("p", {}, gettext("This part of the page has not arrived: the network ended before. What you recorded is kept.")),
    // A browser may remember that a module could not be had, and would not ask for it again by itself.
    el("button", { class: "button", onclick: () => location.reload() }, gettext("Try again")),
  );
  root.replaceChildren(...(kind ? [pageHead(gettext("Not loaded"), router.back), words] : [words]));
}
