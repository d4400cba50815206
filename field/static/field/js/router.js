/**
 * Which view is open: in the address behind the #, so that the phone's back key goes back.
 *
 * Near me lies at the bottom. Another tab lies on it, and tabs replace one another; sheets and pages lie on top. Back
 * therefore closes what is on top, then leads to near me, and only then out of the page.
 */

/** @typedef {{name: string, params: string[]}} Route */

const HOME = "near";
const TABS = ["near", "tasks", "scan", "outbox"];

/** @type {(route: Route) => void} */
let show = () => {};
let depth = 0;

/** @returns {Route} */
export function current() {
  const [name, ...params] = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  return { name: name || HOME, params };
}

/** @param {(route: Route) => void} render called now and after every change */
export function begin(render) {
  show = render;
  addEventListener("popstate", arrived);
  if (Number.isInteger(history.state?.depth)) {
    depth = history.state.depth;
  } else if (current().name !== HOME) {
    // Opened from outside at some view: back must lead to near me.
    const wanted = location.hash;
    history.replaceState({ depth: 0 }, "", `#/${HOME}`);
    history.pushState({ depth: 1 }, "", wanted);
    depth = 1;
  } else {
    history.replaceState({ depth: 0 }, "", `#/${HOME}`);
  }
  show(current());
}

function arrived() {
  if (Number.isInteger(history.state?.depth)) depth = history.state.depth;
  else history.replaceState({ depth: (depth += 1) }, ""); // A plain link was followed.
  show(current());
}

/** Opens a view on top of what is open. @param {string} path "report/3f2a…" */
export function go(path) {
  depth += 1;
  history.pushState({ depth }, "", `#/${path}`);
  show(current());
}

/** Opens a view in the place of the one that is open. */
export function replace(path) {
  history.replaceState({ depth }, "", `#/${path}`);
  show(current());
}

/** Closes what is on top, as the back key does. */
export function back() {
  if (depth > 0) history.back();
  else replace(HOME);
}

/** Goes to one of the bar's views. @param {string} name */
export function tab(name) {
  if (name === current().name) return;
  if (name === HOME && depth > 0) history.go(-depth);
  else if (depth > 0) replace(name);
  else go(name);
}

/** Whether a view is one of the bar's. */
export const isTab = (name) => TABS.includes(name);
