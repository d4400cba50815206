/** A button that copies what stands in a field; it shows where the browser can. */
for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-copy]"))) {
  const field = /** @type {HTMLTextAreaElement} */ (document.getElementById(button.dataset.copy));
  const word = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = gettext("Copied");
    } catch {
      // Pages that came over plain http may not: what is selected can be copied by hand.
      button.textContent = gettext("Press Ctrl+C");
    }
    setTimeout(() => {
      button.textContent = word;
    }, 3000);
  });
}
