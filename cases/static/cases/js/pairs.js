/** Before and after under one slider: a range, which keys, fingers and screen readers know already. */
for (const pair of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-pair]"))) {
  const slider = /** @type {HTMLInputElement} */ (pair.querySelector(".pair-slider"));
  const show = () => {
    pair.style.setProperty("--before", `${slider.value}%`);
    // The page says it, so that pages without the catalogue of words have a slider too.
    slider.setAttribute("aria-valuetext", (slider.dataset.words ?? "{n}").replace("{n}", `${slider.value}%`));
  };
  pair.classList.add("compared");
  slider.hidden = false;
  slider.addEventListener("input", show);
  show();
}
