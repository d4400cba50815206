/** A button that copies what stands in a field; it shows where the browser can. */
import { byId, dataOf, every } from "web/dom";

for (const button of every("[data-copy]", { kind: HTMLButtonElement })) {
  const field = byId(dataOf(button, "copy"), HTMLTextAreaElement);
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
