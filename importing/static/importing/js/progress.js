/** How far the worker is, and what it has found so far; when it is done the server's page shows what came of it. */
import { byId, dataOf, el } from "web/dom";
import { number } from "web/format";
import { drawBar, looksAt } from "web/progress";

const main = byId("main");
const page = byId("progress");

async function follow() {
  for await (const { run, problem } of looksAt(dataOf(main, "progress"))) {
    if (problem?.kind === "gone") {
      location.assign(dataOf(main, "home"));
      return;
    }
    if (problem) {
      byId("progress-stage").textContent = problem.message;
      continue;
    }
    if (run.state !== page.dataset.state) {
      location.reload();
      return;
    }
    show(run);
  }
}

function show({ done, total, stage, work, codes, first }) {
  byId("progress-share").textContent = drawBar(byId("progress-bar", HTMLProgressElement), { done, total });
  byId("progress-stage").textContent = work === "waiting" ? gettext("Waiting for the worker") : stage;
  const stopped = work === "stopped" || work === "failed";
  byId("progress-stopped").hidden = !stopped;
  if (work === "failed")
    byId("progress-stopped-words").textContent = gettext(
      "This failed through a fault in the system. Nothing was written.",
    );
  byId("so-far").hidden = !codes.length;
  byId("so-far-codes").replaceChildren(
    ...codes.map(({ sentence, times, refuses }) =>
      el(
        "li",
        {},
        el("span", { class: `code-chip ${refuses ? "bad" : "warn"}` }, sentence, " ", el("b", {}, number(times))),
      ),
    ),
  );
  byId("so-far-first").replaceChildren(...first.map(line));
}

const line = ({ row, column, value, sentence, refuses }) =>
  el(
    "li",
    { class: refuses ? "bad" : "warn" },
    el("span", { class: "row-number" }, number(row)),
    column ? el("b", {}, column, " ") : null,
    value ? el("code", {}, value.length > 60 ? `${value.slice(0, 59)}…` : value) : null,
    " ",
    sentence,
  );

follow();
