/** The six conditions in their order, and what is worked out from counts of them. */

/** From the best-known to the worst; `unknown` stands first in the model and is left out of rates. */
export const CONDITIONS = ["unknown", "good", "minor", "damaged", "severe", "missing"];

/** How a bar or a ring lays them side by side. */
export const BAR_ORDER = ["good", "unknown", "minor", "damaged", "severe", "missing"];

const NAMES = {
  unknown: gettext("Not inspected"),
  good: gettext("Good"),
  minor: gettext("Minor damage"),
  damaged: gettext("Damaged"),
  severe: gettext("Severe damage"),
  missing: gettext("Missing"),
};

/** @param {string} code @returns {string} the condition in the page's language */
export const conditionName = (code) => NAMES[code] ?? code;

/**
 * Share of the inspected assets that are damaged, severely damaged or missing.
 * @param {Record<string, number>} counts
 * @returns {number|null} 0…1, null where nothing has been inspected
 */
export function rate(counts) {
  const bad = counts.damaged + counts.severe + counts.missing;
  const inspected = bad + counts.good + counts.minor;
  return inspected ? bad / inspected : null;
}
