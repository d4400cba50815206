/** Which button a key presses: none while somebody types, holds a modifier, or has switched the keys off. */

const TYPED = "input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit]), textarea, select";

/**
 * What a key that was pressed means, if it means anything.
 * @param {{key: string, ctrlKey?: boolean, metaKey?: boolean, altKey?: boolean, repeat?: boolean, isComposing?: boolean}} event
 * @param {{matches(selector: string): boolean, isContentEditable?: boolean} | null} target
 * @returns {string} the key in lower case, or nothing
 */
export function meant(event, target) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return "";
  if (target && (target.isContentEditable || target.matches(TYPED))) return "";
  return /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : "";
}
