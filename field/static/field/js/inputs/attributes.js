/**
 * What is written about an asset and corrected on phones, as the server declares it (`field/attributes.py`): an input
 * for each, and its value in words.
 */
import { config } from "web/config";
import { el } from "web/dom";
import { nameOf } from "field/shell/say";

/**
 * A field: its name in records, its titles, its kind, and what its input should know.
 * @typedef {{name: string, zh: string, en: string, kind: "text"|"boolean"|"integer"|"date", unit: string, long: boolean,
 *   empty: boolean, longest: number|null, least: number|null, most: number|null}} Attribute
 * @typedef {{name: string, group: HTMLElement, changed: () => {value: any}|null}} AttributeInput
 */

/** Those that people type or choose; type and themes have views of their own. @type {Attribute[]} */
export const attributes = config.attributes ?? [];

const INPUT_TYPES = { text: "text", integer: "number", date: "date" };

/** What a field is called, with its unit. @param {Attribute} attribute */
export const titleOf = (attribute) => nameOf(attribute) + (attribute.unit && ` (${attribute.unit})`);

/**
 * An input that shows a value, and what it comes to be: null while nobody has changed it. It throws what is wrong with it.
 * @param {Attribute} attribute @param {any} onRecord the value on record @returns {AttributeInput}
 */
export function inputFor(attribute, onRecord) {
  const input = made(attribute);
  input.value = asTyped(onRecord);
  const shown = input.value;
  return {
    name: attribute.name,
    group: el("div", { class: "field-group" }, el("label", { for: input.id }, titleOf(attribute)), input),
    changed: () => {
      if (!input.validity.valid) throw new Error(`${titleOf(attribute)}: ${input.validationMessage}`);
      return input.value === shown ? null : { value: asRecorded(attribute, input.value.trim()) };
    },
  };
}

/** A value as people read it; empty when nothing is known. @param {Attribute} attribute @param {any} value */
export function inWords(attribute, value) {
  if (value === null || value === undefined || value === "") return "";
  if (attribute.kind === "boolean") return value ? gettext("Yes") : gettext("No");
  return attribute.unit ? `${value} ${attribute.unit}` : String(value);
}

/** @param {Attribute} attribute */
function made({ name, kind, long, empty, longest, least, most }) {
  const common = { class: "input", id: `edit-${name}` };
  if (kind === "boolean")
    return el(
      "select",
      common,
      empty && el("option", { value: "" }, "—"),
      el("option", { value: "true" }, gettext("Yes")),
      el("option", { value: "false" }, gettext("No")),
    );
  if (long) return el("textarea", { ...common, maxlength: longest });
  return el("input", { ...common, type: INPUT_TYPES[kind], maxlength: longest, min: least, max: most });
}

/** A value as an input holds it. */
const asTyped = (value) => (value === null || value === undefined ? "" : String(value));

/** What an input holds as a record says it: nothing clears. @param {Attribute} attribute @param {string} typed */
function asRecorded({ kind }, typed) {
  if (typed === "") return null;
  if (kind === "boolean") return typed === "true";
  return kind === "integer" ? Number(typed) : typed;
}
