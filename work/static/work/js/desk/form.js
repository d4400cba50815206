/**
 * A form in the side panel: fetched, filled in, sent. What is not saved waits when somebody looks at something else, and
 * is there again when the form is opened again; only "Cancel" throws it away.
 */
import { byId, first } from "web/dom";
import { closeForm, showForm } from "mapping/panel_form";
import { getFragment } from "web/server";
import { isPhone, openSheet } from "mapping/sheet";
import { state } from "mapping/state";
import { connectChooser } from "work/desk/chooser";
import { firstText, rememberGroups } from "work/desk/groups";
import { saveByKeys } from "work/desk/keys";
import { connectPhotos } from "work/desk/photos";
import { clearProblems, showConflicts, showProblems } from "work/desk/problems";
import { say } from "work/desk/said";
import { send } from "work/desk/send";

/**
 * @typedef {HTMLFormElement & {elements: Record<string, HTMLInputElement>}} DeskForm whose fields are asked for by name
 *
 * @typedef {object} Opened
 * @property {string} address
 * @property {HTMLElement} article
 * @property {DeskForm} form
 * @property {{files: () => File[], clear: () => void}|null} photos
 * @property {string} untouched what the form would have sent when it was opened
 * @property {Part} part
 * @property {HTMLButtonElement|null} [again] what was pressed to save once more while it was being sent
 *
 * @typedef {object} Part what a kind of form adds to all of this
 * @property {() => void} [shown] it is in the page now
 * @property {() => void} [left] it is not any more
 * @property {(answer: import("work/desk/send").Done, way: string, sent: FormData) => boolean} [saved] whether the form
 *   goes on
 * @property {(refusal: import("work/desk/send").Refusal) => boolean} [refused] whether it has dealt with a refusal
 */

/** Forms that were left with something in them, by address. @type {Map<string, Opened>} */
const drafts = new Map();
/** @type {Opened|null} */
let current = null;
let throwing = false;

addEventListener("beforeunload", (event) => {
  if (drafts.size || (current && isTouched(current))) event.preventDefault();
});

/**
 * Opens the form of an address in the panel.
 * @param {string} address
 * @param {(opened: {article: HTMLElement, form: DeskForm, touched: () => void}) => Part} partOf by the form's kind
 * @param {HTMLElement|null} trigger what was pressed; it gets the focus back
 */
export async function openForm(address, partOf, trigger) {
  if (current?.address === address) {
    // It is open behind another sheet of the phone.
    openSheet("detail");
    return;
  }
  trigger?.setAttribute("aria-busy", "true");
  let opened = drafts.get(address);
  try {
    opened ??= made(address, await getFragment(address), partOf);
  } catch (error) {
    say(error.message, "bad");
    return;
  } finally {
    trigger?.removeAttribute("aria-busy");
  }
  drafts.delete(address);
  showForm(opened.article, () => left(address, opened, trigger));
  current = opened;
  opened.part.shown?.();
  beginAt(opened.form);
}

function left(address, opened, trigger) {
  opened.part.left?.();
  current = null;
  if (!throwing && isTouched(opened)) {
    drafts.set(address, opened);
    say(gettext("Not saved yet: what you typed waits in the form."));
  }
  if (trigger?.isConnected) trigger.focus({ preventScroll: true });
}

/** Closes the form and forgets what was typed. */
function throwAway() {
  throwing = true;
  closeForm();
  throwing = false;
}

function beginAt(form) {
  const input =
    firstText(form) ?? form.querySelector(".desk-fields :is(input:not([type=hidden], [type=file]), select, textarea)");
  const onMap = ["move", "new"].includes(form.dataset.kind);
  if (input && !isPhone() && !onMap) input.focus({ preventScroll: true });
  else form.querySelector(".desk-title").focus({ preventScroll: true });
}

/** @returns {Opened} */
function made(address, article, partOf) {
  const form = article.querySelector("form");
  for (const chooser of form.querySelectorAll("[data-chooser]")) connectChooser(chooser);
  const row = form.querySelector("[data-photos-input]");
  const photos = row ? connectPhotos(row) : null;
  const opened = { address, article, form, photos, untouched: "", part: {} };
  opened.part = partOf({ article, form, touched: () => (opened.untouched = snapshot(form)) }) ?? {};
  opened.untouched = snapshot(form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save(opened, event.submitter);
  });
  saveByKeys(form);
  rememberGroups(form);
  form.querySelector("[data-desk-close]").addEventListener("click", throwAway);
  form.addEventListener("input", () => markGroups(form));
  return opened;
}

/** Says at each folded group whether something in it was changed. */
function markGroups(form) {
  for (const group of form.querySelectorAll(".desk-group")) {
    const mark = group.querySelector(".desk-touched");
    if (mark) mark.hidden = ![...group.querySelectorAll("input, select, textarea")].some(isChanged);
  }
}

function isChanged(input) {
  if (input.name.startsWith("initial-")) return false;
  if (["checkbox", "radio"].includes(input.type)) return input.checked !== input.defaultChecked;
  if (input.tagName === "SELECT")
    return [...input.options].some((option) => option.selected !== option.defaultSelected);
  // A hidden input has no other default than its value: the one it was shown with stands beside it.
  const shown = input.type === "hidden" ? input.form.elements[`initial-${input.name}`]?.value : input.defaultValue;
  return input.name !== "" && shown !== undefined && input.value !== shown;
}

/** What the form would send, without photos, as one text. */
const snapshot = (form) => JSON.stringify([...new FormData(form)].filter(([, value]) => typeof value === "string"));

const isTouched = ({ form, photos, untouched }) => snapshot(form) !== untouched || Boolean(photos?.files().length);

/** @param {Opened} opened @param {HTMLButtonElement|null} submitter */
async function save(opened, submitter) {
  const { form, photos, part } = opened;
  if (form.getAttribute("aria-busy") === "true") {
    opened.again = submitter;
    return;
  }
  opened.again = undefined;
  const data = new FormData(form);
  for (const file of photos?.files() ?? []) data.append("photos", file);
  clearProblems(form);
  form.setAttribute("aria-busy", "true");
  try {
    const answer = await send(form, data);
    photos?.clear();
    say(answer.said);
    if (!part.saved?.(answer, submitter?.value ?? "", data)) finish(opened, answer);
    state.written();
  } catch (refusal) {
    if (part.refused?.(refusal)) return;
    showProblems(form, refusal);
    if (refusal.body?.conflicts) showConflicts(form, refusal.body);
  } finally {
    form.removeAttribute("aria-busy");
  }
  // Whoever was quicker than the server has the next one saved too; a double press has nothing in it.
  if (opened.again !== undefined && isTouched(opened)) save(opened, opened.again);
}

function finish(opened, { code }) {
  // Somebody may have gone on to another asset while it was being sent.
  if (current !== opened) return;
  throwAway();
  if (state.selection?.kind !== "asset" || state.selection.code !== code)
    state.update({ selection: { kind: "asset", code } });
  else first(".asset-name", { within: byId("detail-body") })?.focus({ preventScroll: true });
}
