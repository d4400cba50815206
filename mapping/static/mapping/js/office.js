/** The office's pages work without a script; with one, filters act at once and choices of several things are counted. */
import { every, first, targetOf } from "mapping/dom";
import "mapping/print";

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

const several = first("[data-several]");
if (several) connectSeveral(several);

/** Counts the chosen jobs; the bar with what can be done to them shows while there are any. */
function connectSeveral(form) {
  const boxes = () => every(`input[name="job"][form="${form.id}"]`, { kind: HTMLInputElement });
  const all = first("[data-all]", { kind: HTMLInputElement });
  const count = first("[data-several-count]", { within: form });
  const show = () => {
    const chosen = boxes().filter((box) => box.checked).length;
    form.dataset.chosen = String(chosen);
    count.textContent = chosen
      ? interpolate(ngettext("%(n)s job chosen", "%(n)s jobs chosen", chosen), { n: chosen }, true)
      : count.dataset.none;
    if (all) {
      all.checked = chosen > 0 && chosen === boxes().length;
      all.indeterminate = chosen > 0 && !all.checked;
    }
  };
  document.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes()) box.checked = all.checked;
    if (event.target === all || targetOf(event).getAttribute("name") === "job") show();
  });
  addEventListener("pageshow", show);
  show();
}

const plan = first("[data-plan]", { kind: HTMLFormElement });
if (plan) connectPlan(plan);

/** Says at once how many assets the chosen kind of job would come to. */
function connectPlan(form) {
  const place = form.querySelector("[data-preview-place]");
  const button = form.querySelector("[data-plan-button]");
  const { kind, artwork, again } = form.elements;
  let asking = null;
  const showArtwork = () => {
    form.querySelector('[data-field="artwork"]').hidden = kind.value !== "replace_content";
  };
  const refresh = async () => {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    const parameters = new URLSearchParams({ kind: kind.value });
    if (kind.value === "replace_content" && artwork.value) parameters.set("post", artwork.value);
    if (again.checked) parameters.set("again", "yes");
    const join = form.dataset.preview.endsWith("?") ? "" : "&";
    try {
      const response = await fetch(`${form.dataset.preview}${join}${parameters}`, { signal });
      if (!response.ok) throw new Error(String(response.status));
      const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
      place.replaceChildren(document.adoptNode(parsed.querySelector("article")));
      showButton();
    } catch (error) {
      // The numbers are a help only: planning itself counts again, and says what came of it.
      if (error.name !== "AbortError") place.replaceChildren();
    }
  };
  const showButton = () => {
    const planned = place.querySelector("[data-planned]")?.dataset.planned;
    button.disabled = planned === "0";
  };
  for (const field of [kind, artwork, again]) field.addEventListener("change", refresh);
  kind.addEventListener("change", showArtwork);
  showArtwork();
  showButton();
}
