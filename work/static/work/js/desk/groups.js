/**
 * Folded groups of fields: which of them somebody works in is remembered from one asset to the next, so that whoever
 * corrects one field of twenty assets unfolds its group once.
 */

import { dataOf } from "web/dom";

/** Names of the groups that were unfolded, the latest last. @type {Set<string>|null} */
let wanted = null;

/**
 * Unfolds what was unfolded last time, and notes what is from now on.
 * @param {HTMLFormElement} form
 */
export function rememberGroups(form) {
  /** @type {HTMLDetailsElement[]} */
  const groups = [...form.querySelectorAll("details[data-group]")].map(
    (group) => /** @type {HTMLDetailsElement} */ (group),
  );
  if (wanted) for (const group of groups) group.open = wanted.has(dataOf(group, "group"));
  for (const group of groups)
    group.addEventListener("toggle", () => {
      wanted ??= new Set();
      if (group.open) wanted.add(dataOf(group, "group"));
      else wanted.delete(dataOf(group, "group"));
    });
}

/**
 * The field to begin at: a text of the group that was unfolded last, since a key pressed on a list changes it unasked.
 * @param {HTMLFormElement} form
 * @returns {HTMLElement|null}
 */
export function firstText(form) {
  const latest = wanted ? [...wanted].at(-1) : null;
  const within = latest ? `details[data-group="${latest}"][open]` : "details[data-group][open]";
  return form.querySelector(`${within} :is(input[type=text], textarea)`);
}
