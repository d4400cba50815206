/**
 * The keyboard of phones that lay it over the page (iOS; elsewhere the page shrinks by itself, field/shell.html): what
 * lies on top keeps above it, so that the button that saves stays in reach.
 */

/** Keeps `--keyboard`, the height of what covers the page from below. */
export function keepAboveKeyboard() {
  const seen = window.visualViewport;
  if (!seen) return;
  const measure = () => {
    // Somebody who has zoomed in sees less too.
    const covered = seen.scale > 1 ? 0 : Math.max(0, innerHeight - seen.offsetTop - seen.height);
    document.documentElement.style.setProperty("--keyboard", `${Math.round(covered)}px`);
  };
  seen.addEventListener("resize", measure);
  seen.addEventListener("scroll", measure);
}
