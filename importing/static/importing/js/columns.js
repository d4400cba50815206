/** Two columns cannot mean the same: said at once, not after sending. */
import { byId } from "mapping/dom";

const form = byId("columns");
const choices = [...form.querySelectorAll('select[name^="column-"]')];

function look() {
  const times = new Map();
  for (const choice of choices) times.set(choice.value, (times.get(choice.value) ?? 0) + 1);
  for (const choice of choices) {
    const twice = choice.value !== "" && times.get(choice.value) > 1;
    choice.closest("td").querySelector(".twice").hidden = !twice;
    choice.closest("tr").classList.toggle("twice", twice);
    choice.classList.toggle("unset", choice.value === "");
    choice.setCustomValidity(twice ? gettext("Another column means the same: keep one of them.") : "");
  }
}

form.addEventListener("change", look);
look();
