/** Two columns cannot mean the same: said at once, not after sending. */
import { byId, element, enclosing, every } from "web/dom";

const form = byId("columns");
const choices = every('select[name^="column-"]', { within: form, kind: HTMLSelectElement });

function look() {
  const times = new Map();
  for (const choice of choices) times.set(choice.value, (times.get(choice.value) ?? 0) + 1);
  for (const choice of choices) {
    const twice = choice.value !== "" && times.get(choice.value) > 1;
    element(".twice", { within: enclosing(choice, "td"), kind: HTMLElement }).hidden = !twice;
    enclosing(choice, "tr").classList.toggle("twice", twice);
    choice.classList.toggle("unset", choice.value === "");
    choice.setCustomValidity(twice ? gettext("Another column means the same: keep one of them.") : "");
  }
}

form.addEventListener("change", look);
look();
