/** The side panel: the fragment the server renders for an asset, or for a support with several faces. */
import { byId, dataOf, el, first, icon } from "web/dom";
import { getFragment } from "web/server";

const section = byId("detail");
const body = byId("detail-body");
/** @type {AbortController|null} */
let asking = null;

/**
 * What the shown article says of itself: of a support neither code nor title.
 * @typedef {{code?: string, lon: string, lat: string, title?: string}} Shown
 */

/**
 * Shows the panel of an asset or a support. What the page came with is not fetched again.
 * @param {{kind: "asset", code: string} | {kind: "support"|"spot", id: string}} selection
 * @param {{anew?: boolean}} [options] anew: what is shown may be out of date
 * @returns {Promise<Shown|null>} null if overtaken
 */
export async function showPanel(selection, { anew = false } = {}) {
  asking?.abort();
  section.hidden = false;
  const there = body.querySelector("article");
  if (!anew && selection.kind === "asset" && there?.dataset.code === selection.code) return dress(there);
  asking = new AbortController();
  const { signal } = asking;
  body.setAttribute("aria-busy", "true");
  if (!there) body.replaceChildren(skeleton());
  const path =
    selection.kind === "asset"
      ? `/assets/${encodeURIComponent(selection.code)}/panel`
      : `/${selection.kind}s/${selection.id}/panel`;
  try {
    const article = await getFragment(path, signal);
    const { scrollTop } = body;
    const held = anew && body.contains(document.activeElement);
    body.replaceChildren(article);
    body.scrollTop = anew ? scrollTop : 0;
    if (held) focusPanel();
    return dress(article);
  } catch (error) {
    if (error.name === "AbortError") return null;
    body.replaceChildren(problem(error, () => showPanel(selection)));
    return null;
  } finally {
    body.setAttribute("aria-busy", "false");
  }
}

export function hidePanel() {
  asking?.abort();
  section.hidden = true;
  body.replaceChildren();
}

/** Puts the focus on the panel's heading, for those who read with the keyboard. */
export const focusPanel = () => first(".asset-name", { within: body })?.focus({ preventScroll: true });

function dress(article) {
  for (const strip of article.querySelectorAll("[data-photos]"))
    if (strip.children.length > 1 && !strip.closest(".photos-wrap")) addSteps(strip);
  for (const button of article.querySelectorAll("[data-copy]")) button.addEventListener("click", () => copy(button));
  return /** @type {Shown} */ ({ ...article.dataset });
}

async function copy(button) {
  await navigator.clipboard.writeText(dataOf(button, "copy"));
  const words = button.textContent;
  button.textContent = gettext("Copied");
  setTimeout(() => (button.textContent = words), 1500);
}

/** Buttons beside a strip of photos; the strip itself scrolls by touch and by keyboard. */
function addSteps(strip) {
  const go = (by) =>
    strip.scrollBy({
      left: by * strip.clientWidth,
      behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth",
    });
  const previous = el(
    "button",
    { class: "photos-step previous", "aria-label": gettext("Previous photo"), onclick: () => go(-1) },
    icon("previous"),
  );
  const following = el(
    "button",
    { class: "photos-step next", "aria-label": gettext("Next photo"), onclick: () => go(1) },
    icon("next"),
  );
  const mark = () => {
    previous.disabled = strip.scrollLeft < 8;
    following.disabled = strip.scrollLeft > strip.scrollWidth - strip.clientWidth - 8;
  };
  const wrap = el("div", { class: "photos-wrap" });
  strip.replaceWith(wrap);
  wrap.append(strip, previous, following);
  strip.addEventListener("scroll", mark, { passive: true });
  mark();
}

const skeleton = () =>
  el(
    "div",
    { class: "panel-skeleton", "aria-hidden": "true" },
    ...Array.from({ length: 7 }, () => el("span", { class: "skeleton" })),
  );

const problem = (error, retry) =>
  el(
    "div",
    { class: "panel-problem", role: "alert" },
    el("p", {}, error.message),
    error.kind === "signed-out"
      ? el(
          "a",
          {
            class: "button primary",
            href: `/sign-in/?next=${encodeURIComponent(location.pathname + location.search)}`,
          },
          gettext("Sign in"),
        )
      : el("button", { class: "button", onclick: retry }, gettext("Try again")),
  );
