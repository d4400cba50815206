/** "How is it now?": the sheet on which a condition is reported. Good is one tap and one to confirm. */
import { el, element, first, icon } from "web/dom";
import { metresBetween } from "web/distance";
import * as catalogue from "field/down/catalogue";
import * as drafts from "field/up/drafts";
import { formWith } from "field/up/form";
import { photoInput } from "field/inputs/photo_input";
import { dot, jobName, plusMinus, switchRow, titleOf, toast } from "field/shell/pieces";
import * as position from "field/phone/position";
import * as router from "field/shell/router";
import { dueInWords, metres, nameOf, say } from "field/shell/say";
import * as sync from "field/up/sync";
import { wakeWhenOnline } from "field/shell/worker";

const CHOICES = ["good", "minor", "damaged", "severe", "missing"];
/** Five side by side on a phone have room for one short word each. */
const SHORT = {
  good: gettext("Good"),
  minor: gettext("Minor"),
  damaged: gettext("Damaged"),
  severe: gettext("Severe"),
  missing: gettext("Missing"),
};
const DEFECTS_AT_ONCE = 6;

/** @param {HTMLElement} root @param {string[]} params the asset's uid */
export async function show(root, [uid]) {
  const asset = catalogue.assetOfId(uid);
  if (!asset) return root.replaceChildren(unknown());
  const key = `report ${uid}`;
  const entry = {
    condition: null,
    defects: [],
    note: "",
    also: false,
    photos: [],
    ...(await drafts.find(key)),
  };
  const others = catalogue.otherFaces(asset);
  const asked = catalogue.openJobs().find((job) => catalogue.isToInspect(job) && job.asset === uid);
  const form = formWith(
    key,
    () => entry,
    () => [photo],
  );
  const keep = form.keep;

  const conditions = el("div", { class: "conditions", role: "radiogroup", "aria-label": gettext("Condition") });
  const chips = el("div", { class: "chips", role: "group", "aria-label": gettext("Defects") });
  const place = el("p", { class: "hint" });
  const problem = el("p", { class: "problem", role: "alert", hidden: true });
  const save = el("button", { type: "button", class: "button primary" });
  const photo = photoInput({
    draft: key,
    role: "inspection",
    notes: entry.photos,
    changed: async (notes) => {
      entry.photos = notes;
      await keep();
    },
  });
  const note = el("textarea", {
    class: "input",
    rows: 2,
    maxlength: 4000,
    placeholder: gettext("Note (optional)"),
    "aria-label": gettext("Note (optional)"),
  });
  note.value = entry.note;
  note.hidden = !entry.note;
  const addNote = el("button", { type: "button", class: "chip", hidden: !note.hidden }, gettext("Add a note"));
  let allDefects = false;

  const draw = () => {
    conditions.replaceChildren(
      ...CHOICES.map((code) =>
        el(
          "button",
          {
            type: "button",
            role: "radio",
            class: `condition ${code}`,
            "data-condition": code,
            "aria-checked": String(entry.condition === code),
            onclick: () => choose(code),
          },
          dot(code, "large"),
          SHORT[code],
        ),
      ),
    );
    chips.hidden = !entry.condition || entry.condition === "good" || entry.condition === "missing";
    const active = catalogue.lists.defects.filter((defect) => defect.active !== false);
    const atOnce = active.filter((defect, index) => index < DEFECTS_AT_ONCE || entry.defects.includes(defect.code));
    chips.replaceChildren(
      ...(allDefects ? active : atOnce).map((defect) =>
        el(
          "button",
          {
            type: "button",
            class: `chip ${defect.urgent ? "urgent" : ""}`,
            "data-defect": defect.code,
            "aria-pressed": String(entry.defects.includes(defect.code)),
            onclick: () => toggle(defect.code),
          },
          nameOf(defect),
        ),
      ),
      !allDefects && atOnce.length < active.length
        ? el("button", { type: "button", class: "chip", onclick: more }, gettext("More…"))
        : "",
    );
    save.disabled = !entry.condition;
    save.textContent = entry.condition === "good" ? gettext("Confirm: good") : gettext("Save");
    drawPlace();
  };
  const drawPlace = () => {
    const here = position.here();
    const away = here && metresBetween(here, asset);
    const tooFar = here && position.isFar(here, asset);
    place.classList.toggle("far", Boolean(tooFar));
    place.textContent = !here
      ? gettext("No position now; it is saved without one.")
      : tooFar
        ? say(gettext("You are %(far)s away from it. It can be saved; the office sees the distance."), {
            far: metres(away),
          })
        : say(gettext("Position %(accuracy)s · %(far)s away"), {
            accuracy: plusMinus(here.accuracy),
            far: metres(away),
          });
  };
  const choose = (code) => {
    entry.condition = code;
    if (code === "good") entry.defects = [];
    draw();
    element(`[data-condition="${code}"]`, { within: conditions, kind: HTMLElement }).focus({ preventScroll: true });
    keep();
  };
  const toggle = (code) => {
    entry.defects = entry.defects.includes(code)
      ? entry.defects.filter((other) => other !== code)
      : [...entry.defects, code];
    draw();
    first(`[data-defect="${code}"]`, { within: chips })?.focus({ preventScroll: true });
    keep();
  };
  const more = () => {
    allDefects = true;
    draw();
  };
  conditions.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = CHOICES.indexOf(entry.condition);
    choose(CHOICES[(at + step + CHOICES.length) % CHOICES.length]);
  });
  note.addEventListener("input", () => {
    entry.note = note.value;
    keep();
  });
  addNote.addEventListener("click", () => {
    note.hidden = false;
    addNote.hidden = true;
    note.focus();
  });
  save.addEventListener("click", async () => {
    const visited = router.visit();
    if (!(await form.save(() => [reportOf(asset, entry, others)], { button: save, problem }))) return;
    toast(
      navigator.onLine
        ? gettext("Saved on the phone, being sent")
        : gettext("Saved on the phone; it is sent when there is a network"),
    );
    router.leave(visited);
    wakeWhenOnline();
    sync.send();
  });

  root.replaceChildren(
    el(
      "div",
      { class: "form sheet-form" },
      el(
        "div",
        { class: "sheet-title" },
        el("h2", { tabindex: "-1", id: "overlay-title" }, gettext("How is it now?")),
        el(
          "a",
          { class: "sheet-asset", href: `#/asset/${uid}` },
          `${titleOf(asset)} · ${catalogue.shortCode(asset)}`,
          icon("next", "icon small"),
        ),
      ),
      asked && askedFor(asked),
      conditions,
      chips,
      others.length > 0 &&
        switchRow(
          say(
            ngettext(
              "Same for the other face on this pole",
              "Same for the %(n)s other faces on this pole",
              others.length,
            ),
            { n: others.length },
          ),
          null,
          entry.also,
          (on) => {
            entry.also = on;
            keep();
          },
        ),
      photo.shots,
      note,
      el("div", { class: "sheet-notes" }, place, addNote),
      problem,
      el("div", { class: "pair end-heavy" }, photo.button, save),
    ),
  );
  draw();
  position.events.addEventListener("changed", drawPlace);
  return () => position.events.removeEventListener("changed", drawPlace);
}

/** The job that this report finishes, in the words of whoever planned it. @param {catalogue.Job} job */
const askedFor = (job) =>
  el(
    "div",
    { class: "sheet-job" },
    icon("tasks", "icon small"),
    el(
      "p",
      {},
      el("b", {}, [jobName(job), job.due_on && dueInWords(job.due_on)].filter(Boolean).join(" · ")),
      job.description && el("span", {}, job.description),
    ),
  );

/** What is written down. @returns {import("field/up/outbox").Deed} */
const reportOf = (asset, entry, others) => ({
  kind: "inspect",
  asset: asset.uid,
  base_version: asset.version,
  position: position.forRecord(),
  fields: {
    condition: entry.condition,
    defects: entry.defects,
    note: entry.note.trim(),
    ...(entry.also && others.length ? { also: others.map((other) => other.uid) } : {}),
  },
  photos: entry.photos,
  title: titleOf(asset),
});

const unknown = () =>
  el(
    "div",
    { class: "form" },
    el("h2", { tabindex: "-1", id: "overlay-title" }, gettext("This asset is not on the phone")),
    el("p", { class: "hint" }, gettext("It may lie outside the area you downloaded.")),
    el("button", { class: "button", onclick: router.back }, gettext("Back")),
  );
