/** How far the worker is: asked again and again until it is done, then the page shows what came of it. */
import { byId, el } from "mapping/dom";
import { number } from "mapping/format";
import { getJson } from "mapping/server";

const main = byId("main");
const page = byId("progress");
const BETWEEN = 300;
const AFTER_TROUBLE = 3000;

async function look() {
  let answer;
  try {
    answer = await getJson(main.dataset.progress);
  } catch (error) {
    if (error.kind === "gone") {
      location.assign(main.dataset.home);
      return;
    }
    byId("progress-stage").textContent = error.message;
    setTimeout(look, AFTER_TROUBLE);
    return;
  }
  if (answer.state !== page.dataset.state) {
    location.reload();
    return;
  }
  show(answer);
  setTimeout(look, BETWEEN);
}

function show({ done, total, stage, work, codes, first }) {
  const bar = byId("progress-bar", HTMLProgressElement);
  const known = done !== null && total;
  if (known) {
    bar.max = total;
    bar.value = done;
  } else {
    bar.removeAttribute("value");
  }
  byId("progress-share").textContent = known ? `${Math.floor((100 * done) / total)} %` : "";
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

look();
