/** Copies a recipe with one press; without a clipboard (plain http) it is selected, ready for the keyboard. */
import { byId, dataOf, every } from "web/dom";
import "web/menus";

const SHOWN_FOR = 2000; // ms

for (const button of every("[data-copies]", { kind: HTMLButtonElement })) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button, byId(dataOf(button, "copies"))));
}

/**
 * @param {HTMLButtonElement} button
 * @param {HTMLElement} source what is copied
 */
async function copy(button, source) {
  select(source);
  try {
    await navigator.clipboard.writeText(source.textContent);
  } catch {
    return;
  }
  const label = button.textContent;
  button.textContent = gettext("Copied");
  setTimeout(() => {
    button.textContent = label;
  }, SHOWN_FOR);
}

/** @param {HTMLElement} source */
function select(source) {
  const range = document.createRange();
  range.selectNodeContents(source);
  const selection = getSelection();
  selection?.removeAllRanges();
  selection?.addRange(range);
}
