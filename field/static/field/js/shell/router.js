/**
 * Which view is open: in the address behind the #, so that the phone's back key goes back.
 *
 * Near me lies at the bottom. Another tab lies on it, and tabs replace one another; sheets and pages lie on top. Back
 * therefore closes what is on top, then leads to near me, and only then out of the page.
 *
 * Going back takes the browser a moment. What is asked for meanwhile waits for it; else the two would cross, and whoever
 * saved a record and touched a tab at once would end up somewhere else. What is to close when something has been saved
 * closes only while it is still what is open (`visit`, `leave`).
 */

/** @typedef {{name: string, params: string[]}} Route */

const HOME = "near";
const TABS = ["near", "tasks", "scan", "outbox"];

/** @type {(route: Route) => void} */
let show = () => {};
let depth = 0;
let visits = 0;
/** @type {ReturnType<typeof setTimeout>|null} set while the browser goes back */
let goingBack = null;
/** @type {(() => void)|null} */
let waiting = null;
// Nobody is kept waiting by a browser that never says it has arrived.
const LONGEST_WAY_BACK = 1000;

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
  open();
}

function arrived() {
  if (Number.isInteger(history.state?.depth)) depth = history.state.depth;
  else {
    // A plain link was followed.
    depth += 1;
    history.replaceState({ depth }, "");
  }
  open();
  settled();
}

function open() {
  visits += 1;
  show(current());
}

/** Does a move now, or once the browser has gone back; of several that were asked for meanwhile the last. */
function whenSettled(move) {
  if (goingBack === null) move();
  else waiting = move;
}

function settled() {
  clearTimeout(goingBack ?? undefined);
  goingBack = null;
  const move = waiting;
  waiting = null;
  move?.();
}

/** @param {number} steps */
function traverse(steps) {
  goingBack = setTimeout(settled, LONGEST_WAY_BACK);
  history.go(-steps);
}

/** Opens a view on top of what is open. @param {string} path "report/3f2a…" */
export function go(path) {
  whenSettled(() => {
    depth += 1;
    history.pushState({ depth }, "", `#/${path}`);
    open();
  });
}

/** Opens a view in the place of the one that is open. */
export function replace(path) {
  whenSettled(() => {
    history.replaceState({ depth }, "", `#/${path}`);
    open();
  });
}

/** Closes what is on top, as the back key does. */
export function back() {
  whenSettled(() => {
    if (depth > 0) traverse(1);
    else replace(HOME);
  });
}

/** Which opening of a view this is, for `leave`. */
export const visit = () => visits;

/** Closes what was open at a visit, unless somebody has gone elsewhere meanwhile. @param {number} visited */
export function leave(visited) {
  if (visited === visits) back();
}

/** Goes to one of the bar's views. @param {string} name */
export function tab(name) {
  whenSettled(() => {
    if (name === current().name) return;
    if (name === HOME && depth > 0) traverse(depth);
    else if (depth > 0) replace(name);
    else go(name);
  });
}

/** Whether a view is one of the bar's. */
export const isTab = (name) => TABS.includes(name);
