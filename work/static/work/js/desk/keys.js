/** Saving without leaving the keyboard: Ctrl or Cmd with Enter, from a text of several lines too. */

/** @param {HTMLFormElement} form whose first button saves */
export function saveByKeys(form) {
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("button[type=submit]"));
  });
}
