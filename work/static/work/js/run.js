/** How far the worker is with many jobs or assets; whatever comes of it, the server's page says. */
import { dataOf, element, first } from "web/dom";
import { drawBar, looksAt } from "web/progress";

// Only the server knows a worker that was killed, so the page asks it when nothing has moved for so long.
const PATIENCE = 20000; // ms
const NOT_KNOWN = { done: null, total: null };
const grouped = new Intl.NumberFormat(document.documentElement.lang);

const panel = first("[data-run]");
if (panel) follow(panel);

/** @param {HTMLElement} page */
async function follow(page) {
  let moved = { done: -1, at: Date.now() };
  for await (const { run, problem } of looksAt(dataOf(page, "run"))) {
    if (problem) {
      element("[data-run-words]", { within: page }).textContent = problem.message;
      continue;
    }
    if (run.done !== moved.done) moved = { done: run.done, at: Date.now() };
    if (run.state !== page.dataset.state || Date.now() - moved.at > PATIENCE) {
      location.reload();
      return;
    }
    show(page, run);
  }
}

function show(page, { done, total, state }) {
  const running = state === "running" && total;
  const bar = element("[data-run-bar]", { within: page, kind: HTMLProgressElement });
  element("[data-run-share]", { within: page }).textContent = drawBar(bar, running ? { done, total } : NOT_KNOWN);
  element("[data-run-words]", { within: page }).textContent = running
    ? interpolate(gettext("%(done)s of %(total)s"), { done: grouped.format(done), total: grouped.format(total) }, true)
    : gettext("Waiting for the worker");
}
