/** How far the worker is with many jobs: asked again and again; whatever else comes of it, the server's page says. */
import { first } from "mapping/dom";
import { getJson } from "mapping/server";

const BETWEEN = 500;
const AFTER_TROUBLE = 3000;
// Only the server knows a worker that was killed, so the page asks it when nothing has moved for so long.
const PATIENCE = 20000;
const grouped = new Intl.NumberFormat(document.documentElement.lang);

const panel = first("[data-run]");
if (panel) look(panel, { done: -1, at: Date.now() });

/** @param {HTMLElement} page @param {{done: number, at: number}} last what was seen to move, and when */
async function look(page, last) {
  let run;
  try {
    run = await getJson(page.dataset.run);
  } catch (error) {
    page.querySelector("[data-run-words]").textContent = error.message;
    setTimeout(look, AFTER_TROUBLE, page, last);
    return;
  }
  const moved = run.done !== last.done ? { done: run.done, at: Date.now() } : last;
  if (run.state !== page.dataset.state || Date.now() - moved.at > PATIENCE) {
    location.reload();
    return;
  }
  show(page, run);
  setTimeout(look, BETWEEN, page, moved);
}

function show(page, { done, total, state }) {
  const bar = first("[data-run-bar]", { within: page, kind: HTMLProgressElement });
  const running = state === "running" && total;
  if (running) {
    bar.max = total;
    bar.value = done;
  } else {
    bar.removeAttribute("value");
  }
  page.querySelector("[data-run-share]").textContent = running ? `${Math.floor((100 * done) / total)} %` : "";
  page.querySelector("[data-run-words]").textContent = running
    ? interpolate(gettext("%(done)s of %(total)s"), { done: grouped.format(done), total: grouped.format(total) }, true)
    : gettext("Waiting for the worker");
}
