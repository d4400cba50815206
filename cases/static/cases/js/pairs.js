/** Before and after under one slider: a range, which keys, fingers and screen readers know already. */
for (const pair of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-pair]"))) {
  const slider = /** @type {HTMLInputElement} */ (pair.querySelector(".pair-slider"));
  const show = () => {
    pair.style.setProperty("--before", `${slider.value}%`);
    slider.setAttribute("aria-valuetext", interpolate(gettext("before: %(n)s"), { n: `${slider.value}%` }, true));
  };
  pair.classList.add("compared");
  slider.hidden = false;
  slider.addEventListener("input", show);
  show();
}
