/** One job: what is to be done, and starting, pausing and finishing it with cost and photos. */
import { conditionName } from "mapping/conditions";
import { el, fill, icon } from "web/dom";
import * as catalogue from "field/down/catalogue";
import * as drafts from "field/up/drafts";
import { formWith } from "field/up/form";
import { photoInput } from "field/inputs/photo_input";
import { dot, facts, jobName, pageHead, subtitle, thumb, titleOf, toast } from "field/shell/pieces";
import * as position from "field/phone/position";
import * as router from "field/shell/router";
import { dueInWords } from "field/shell/say";
import * as session from "field/phone/session";
import * as sync from "field/up/sync";
import { wakeWhenOnline } from "field/shell/worker";

const RESULTS = ["good", "minor", "damaged"];
const MOST_DIGITS = 12;
const URGENT = 3;

/** @param {HTMLElement} root @param {string[]} params the job's id */
export async function show(root, [id]) {
  const job = catalogue.jobs.get(Number(id));
  const asset = job && catalogue.assetOfId(job.asset);
  if (!asset) {
    root.replaceChildren(
      pageHead(gettext("Job"), router.back),
      el(
        "p",
        { class: "hint area-wait" },
        gettext("This job is not on the phone (any more). It may have been done or given to others."),
      ),
    );
    return;
  }
  if (catalogue.isToInspect(job)) {
    // After this view has been shown, or the one it gives way to would be drawn under it.
    queueMicrotask(() => router.replace(`report/${asset.uid}`));
    return;
  }
  const key = `job ${id}`;
  const entry = { cost: "", note: "", result: "good", before: [], after: [], ...(await drafts.find(key)) };
  const form = formWith(
    key,
    () => entry,
    () => [before, after],
  );
  const keep = form.keep;
  const { state } = catalogue.jobState(job);
  const problem = el("p", { class: "problem", role: "alert", hidden: true });
  const photosOf = (role, words) =>
    photoInput({
      draft: key,
      role,
      words,
      notes: entry[role],
      changed: async (notes) => {
        entry[role] = notes;
        await keep();
      },
    });
  const before = photosOf("before", gettext("Photo before"));
  const after = photosOf("after", gettext("Photo after"));
  const cost = el("input", {
    class: "input",
    id: "job-cost",
    inputmode: "decimal",
    maxlength: MOST_DIGITS,
    placeholder: "0.00",
    value: entry.cost,
  });
  cost.addEventListener("input", () => {
    entry.cost = cost.value;
    keep();
  });
  const note = el("textarea", { class: "input", id: "job-note", rows: 2, maxlength: 4000 });
  note.value = entry.note;
  note.addEventListener("input", () => {
    entry.note = note.value;
    keep();
  });
  const results = el("div", { class: "chips", role: "radiogroup", "aria-label": gettext("Condition afterwards") });
  const drawResults = () =>
    results.replaceChildren(
      ...RESULTS.map((code) =>
        el(
          "button",
          {
            type: "button",
            role: "radio",
            class: "chip with-symbol",
            "aria-checked": String(entry.result === code),
            onclick: () => {
              entry.result = code;
              drawResults();
              keep();
            },
          },
          dot(code),
          conditionName(code),
        ),
      ),
    );

  const step = async (button, kind, words) => {
    if (kind === "job_done" && entry.cost.trim() && !isAmount(entry.cost)) {
      problem.textContent = gettext("The cost is a number of yuan such as 120 or 120.50.");
      problem.hidden = false;
      cost.focus();
      return;
    }
    const visited = router.visit();
    if (!(await form.save(() => [deed(job, asset, entry, kind)], { button, problem }))) return;
    toast(words);
    if (kind !== "job_start") router.leave(visited);
    else if (visited === router.visit()) show(root, [id]);
    wakeWhenOnline();
    sync.send();
  };

  drawResults();
  fill(
    root,
    pageHead(jobName(job), router.back),
    el(
      "div",
      { class: "page-scroll" },
      el(
        "a",
        { class: "card lone", href: `#/asset/${asset.uid}` },
        thumb(asset),
        el("span", {}, el("span", { class: "card-title" }, titleOf(asset)), subtitle(asset)),
        icon("next", "icon small"),
      ),
      el(
        "div",
        { class: "panel padded" },
        job.description && el("p", {}, job.description),
        job.artwork && el("p", {}, el("b", {}, gettext("New artwork: ")), job.artwork),
        facts([
          [gettext("Due"), job.due_on && `${job.due_on} · ${dueInWords(job.due_on)}`],
          [gettext("Priority"), job.priority === URGENT && el("b", { class: "late" }, gettext("urgent"))],
          [gettext("State"), STATES[state]],
          [gettext("Unit"), job.crew],
          [gettext("Address"), asset.address],
        ]),
        el(
          "a",
          { class: "button small", href: `#/map/${asset.uid}` },
          icon("map", "icon small"),
          gettext("Show on the map"),
        ),
      ),
      session.may("do_maintenance") &&
        el(
          "div",
          { class: "form" },
          el("div", { class: "pair" }, before.button, after.button),
          before.shots,
          after.shots,
          field(gettext("Cost in yuan"), cost),
          leavesSomething(job) &&
            el(
              "div",
              { class: "field-group" },
              el("span", { class: "section-title" }, gettext("Condition afterwards")),
              results,
            ),
          field(gettext("Note"), note),
        ),
    ),
    session.may("do_maintenance") &&
      el(
        "div",
        { class: "area-foot" },
        problem,
        el(
          "div",
          { class: "pair end-heavy" },
          state === "in_progress"
            ? el(
                "button",
                {
                  class: "button",
                  id: "job-pause",
                  onclick: (event) => step(event.currentTarget, "job_pause", gettext("Paused")),
                },
                icon("pause"),
                gettext("Pause"),
              )
            : el(
                "button",
                {
                  class: "button",
                  id: "job-start",
                  onclick: (event) => step(event.currentTarget, "job_start", gettext("Started")),
                },
                icon("play"),
                gettext("Start"),
              ),
          el(
            "button",
            {
              class: "button primary",
              id: "job-done",
              onclick: (event) => step(event.currentTarget, "job_done", gettext("Done: saved on the phone")),
            },
            icon("check"),
            gettext("Done"),
          ),
        ),
      ),
  );
}

const STATES = {
  planned: gettext("Planned"),
  assigned: gettext("Assigned"),
  in_progress: gettext("In progress"),
  done: gettext("Done"),
};

/** What has been removed has no condition, and the server takes none. */
const leavesSomething = (job) => job.kind !== "remove";

const isAmount = (text) => /^\d+([.]\d{1,2})?$/.test(text.trim());

/** @returns {import("field/up/outbox").Deed} */
function deed(job, asset, entry, kind) {
  const fields = {
    job_start: {},
    job_pause: { note: entry.note.trim() },
    job_done: {
      cost: entry.cost.trim() || null,
      note: entry.note.trim(),
      ...(leavesSomething(job) && { resulting_condition: entry.result }),
    },
  }[kind];
  return {
    kind,
    asset: asset.uid,
    job: job.id,
    position: position.forRecord(),
    fields,
    photos: [...entry.before, ...entry.after],
    title: `${jobName(job)} · ${titleOf(asset)}`,
  };
}

const field = (words, input) => el("div", { class: "field-group" }, el("label", { for: input.id }, words), input);
