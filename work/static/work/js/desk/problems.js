/** Problems beside the fields they are about, and two people's values to choose from. */
import { el, element, every, first, there } from "web/dom";

/** Takes away what an earlier answer said. @param {import("work/desk/form").DeskForm} form */
export function clearProblems(form) {
  const general = element(".desk-problem", { within: form, kind: HTMLElement });
  general.hidden = true;
  for (const row of form.querySelectorAll("[data-field].wrong")) {
    row.classList.remove("wrong");
    for (const input of row.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
    element(".field-problem", { within: row, kind: HTMLElement }).hidden = true;
  }
  for (const choice of form.querySelectorAll(".desk-conflict")) choice.remove();
}

/**
 * Shows a refusal; what is about no field of the form stands at its head. The first field that is wrong gets the focus.
 * @param {import("work/desk/form").DeskForm} form
 * @param {Error & {errors?: Record<string, string[]>}} refusal
 */
export function showProblems(form, refusal) {
  const elsewhere = [];
  /** @type {HTMLElement|null} */
  let wrong = null;
  for (const [name, sentences] of Object.entries(refusal.errors ?? {})) {
    const row = rowOf(form, name);
    if (!row) elsewhere.push(...sentences);
    else wrong ??= markWrong(row, sentences.join(" "));
  }
  const general = element(".desk-problem", { within: form, kind: HTMLElement });
  general.textContent = [refusal.message, ...elsewhere].join(" ");
  general.hidden = false;
  (wrong ?? general).scrollIntoView({ block: "nearest" });
  wrong?.focus();
}

/** Opens every fold around a row. @param {HTMLElement} row */
function unfold(row) {
  for (let fold = row.closest("details"); fold; fold = fold.parentElement?.closest("details") ?? null) fold.open = true;
}

/** @param {import("work/desk/form").DeskForm} form @param {string} name @returns {HTMLElement|null} */
const rowOf = (form, name) => form.querySelector(`[data-field="${CSS.escape(name)}"]`);

/** @param {HTMLElement} row @param {string} sentence @returns {HTMLElement|null} the input to correct */
function markWrong(row, sentence) {
  row.classList.add("wrong");
  const problem = element(".field-problem", { within: row, kind: HTMLElement });
  problem.textContent = sentence;
  problem.hidden = false;
  unfold(row);
  const inputs = every("input:not([type=hidden]), select, textarea", { within: row });
  for (const input of inputs) input.setAttribute("aria-invalid", "true");
  return inputs.find((input) => input.matches(":checked")) ?? inputs[0] ?? null;
}

/**
 * Shows, at each field that two people changed, both values; mine stays unless theirs is chosen.
 * @param {import("work/desk/form").DeskForm} form
 * @param {{conflicts: import("work/desk/send").Conflict[], version: number}} told
 */
export function showConflicts(form, { conflicts, version }) {
  form.elements.base_version.value = String(version);
  for (const conflict of conflicts) {
    const row = there(rowOf(form, conflict.name), conflict.name);
    unfold(row);
    const mine = sentBy(form, conflict.name);
    const choice = (value, words, valueText, checked) =>
      el(
        "label",
        {},
        el("input", {
          type: "radio",
          // Outside the form's own data: it only fills in the field.
          name: `conflict of ${conflict.name}`,
          form: "",
          checked,
          onchange: () => setValue(form, conflict.name, value, valueText),
        }),
        el("span", {}, words, " ", el("b", {}, valueText)),
      );
    row.append(
      el(
        "div",
        { class: "desk-conflict", role: "radiogroup", "aria-label": conflict.title },
        el(
          "p",
          {},
          conflict.by ? says(gettext("Changed meanwhile: %(by)s"), { by: conflict.by }) : gettext("Changed meanwhile"),
        ),
        choice(mine, gettext("Mine:"), conflict.mine, true),
        choice(conflict.value, gettext("Theirs:"), conflict.theirs, false),
      ),
    );
  }
  first(".desk-conflict input", { within: form })?.focus();
}

const says = (words, values) => interpolate(words, values, true);

/** What the form would send for a field. @returns {string|string[]|FileList} */
function sentBy(form, name) {
  const inputs = inputsOf(form, name);
  if (inputs[0]?.type === "file") return copyOf(inputs[0].files);
  if (inputs.length === 1 && inputs[0].type !== "checkbox") return inputs[0].value;
  if (inputs.length === 1 && !isOfMany(inputs[0])) return String(inputs[0].checked);
  return inputs.filter((input) => input.checked).map((input) => input.value);
}

function setValue(form, name, value, words) {
  const inputs = inputsOf(form, name);
  for (const input of inputs) {
    if (input.type === "file") input.files = value instanceof FileList ? value : copyOf([]);
    else if (input.type !== "checkbox") input.value = /** @type {string} */ (value);
    else input.checked = isOfMany(input) ? value.includes(input.value) : value === "true";
    // A chooser shows words beside the key it sends.
    const beside = input.closest("[data-chooser]")?.querySelector("[role=combobox]");
    if (beside) beside.value = value ? words : "";
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** Files that stay when the input is emptied. @param {Iterable<File>} files */
function copyOf(files) {
  const carried = new DataTransfer();
  for (const file of files) carried.items.add(file);
  return carried.files;
}

const isOfMany = (input) => Boolean(input.closest("fieldset"));

const inputsOf = (form, name) => [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
