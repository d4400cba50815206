/** The form that plans jobs for many assets: says at once how many it would come to. */
import { first } from "web/dom";
import { getFragment } from "web/server";

const plan = first("[data-plan]", { kind: HTMLFormElement });
if (plan) connectPlan(plan);

/** Says at once how many assets the chosen kind of job would come to. */
function connectPlan(form) {
  const place = form.querySelector("[data-preview-place]");
  const button = form.querySelector("[data-plan-button]");
  const { kind, artwork, again } = form.elements;
  /** @type {AbortController|null} */
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
      place.replaceChildren(await getFragment(`${form.dataset.preview}${join}${parameters}`, signal));
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
