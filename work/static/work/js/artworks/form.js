/** The office's forms about an artwork: sent without leaving the page, so that a refusal loses nothing that was typed. */
import { element, every, first } from "web/dom";
import { connectPicture } from "work/artworks/picture";
import { connectChooser } from "work/desk/chooser";
import { saveByKeys } from "work/desk/keys";
import { clearProblems, showConflicts, showProblems } from "work/desk/problems";
import { send } from "work/desk/send";

const form = /** @type {import("work/desk/form").DeskForm} */ (element("[data-artwork-form]"));
for (const chooser of every("[data-chooser]", { within: form })) connectChooser(chooser);
for (const row of every("[data-picture-input]", { within: form })) connectPicture(row);

/** What the form would send, files by their names. */
const snapshot = () =>
  JSON.stringify([...new FormData(form)].map(([name, value]) => [name, value instanceof File ? value.name : value]));
const untouched = snapshot();
let sent = false;
addEventListener("beforeunload", (event) => {
  if (!sent && snapshot() !== untouched) event.preventDefault();
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (form.getAttribute("aria-busy") === "true") return;
  const data = new FormData(form);
  clearProblems(form);
  form.setAttribute("aria-busy", "true");
  try {
    const answer = await send(form, data);
    sent = true;
    location.assign(answer.url);
  } catch (refusal) {
    form.removeAttribute("aria-busy");
    showProblems(form, refusal);
    if (refusal.body?.conflicts) showConflicts(form, refusal.body);
  }
});
saveByKeys(form);
addEventListener("pageshow", () => form.removeAttribute("aria-busy"));
first(".desk-fields :is(input:not([type=hidden], [type=file]), textarea)", { within: form })?.focus({
  preventScroll: true,
});
