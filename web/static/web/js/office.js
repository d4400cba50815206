/** The office's pages work without a script; with one, filters act at once and what is not easily taken back is asked about. */
import { every, targetOf } from "web/dom";
import "web/print";

for (const form of every("[data-filters]", { kind: HTMLFormElement })) {
  form.dataset.live = "";
  // On a phone the selects are folded away until somebody wants them.
  const fold = form.querySelector("[data-fold]");
  fold?.addEventListener("click", () => {
    const open = form.toggleAttribute("data-open");
    fold.setAttribute("aria-expanded", String(open));
  });
  form.addEventListener("change", () => form.requestSubmit());
  // What was left empty says nothing, so it stays out of the address.
  form.addEventListener("submit", () => {
    for (const field of fields(form)) if (field.name && !field.value) field.disabled = true;
  });
}
// The browser keeps a page as it was left; coming back to it, everything can be chosen again.
addEventListener("pageshow", () => {
  for (const form of every("[data-filters]", { kind: HTMLFormElement }))
    for (const field of fields(form)) field.disabled = false;
});

document.addEventListener("click", (event) => {
  const button = /** @type {HTMLElement|null} */ (targetOf(event).closest("[data-confirm]"));
  if (button && !confirm(button.dataset.confirm)) event.preventDefault();
});

/** What a form sends, as far as it can be left out. @param {HTMLFormElement} form */
const fields = (form) => /** @type {Iterable<HTMLInputElement>} */ (/** @type {unknown} */ (form.elements));
