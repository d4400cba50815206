/** The colours of every map: those of tokens.css, as the page's scheme has them at this moment. */
import { BASEMAP_COLOURS } from "mapping/basemap/style";
import { CONDITIONS } from "mapping/conditions";

const COLOURS = [
  "ink",
  "ink-2",
  "ink-3",
  "paper",
  "accent",
  "line",
  ...CONDITIONS,
  "rate-0",
  "rate-1",
  "rate-2",
  "rate-3",
  "rate-4",
  "map-ground",
  "map-line",
  "map-boundary",
  "map-road",
  "map-road-edge",
  ...BASEMAP_COLOURS,
];

/** The page's colours at this moment. @returns {Record<string, string>} */
export function readPalette() {
  const tokens = getComputedStyle(document.documentElement);
  const palette = Object.fromEntries(COLOURS.map((name) => [name, tokens.getPropertyValue(`--${name}`).trim()]));
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  return {
    ...palette,
    scheme: dark ? "dark" : "light",
    outline: dark ? "rgba(0,0,0,.75)" : "rgba(29,39,51,.55)",
  };
}
