/** Which base map one sees, and how strongly: chosen in the map's menu, remembered by the browser, the same on every map. */
import { config } from "web/config";

/** @typedef {"own"|"tiles"|"none"} Kind one's own, the office's from elsewhere, or areas and roads of the register alone */

const REMEMBERED = "basemap";
export const FAINTEST = 0.2;

/** What there is to choose from. @returns {Kind[]} */
export function kinds() {
  // The one that the office has named comes first: it is what it wants to be seen.
  const candidates = [config.basemap && "tiles", config.ownBasemap && "own", "none"];
  return /** @type {Kind[]} */ (candidates.filter(Boolean));
}

/** @returns {Kind} */
export function chosenKind() {
  const { kind } = remembered();
  return kinds().includes(kind) ? kind : kinds()[0];
}

/** @returns {number} from `FAINTEST` to 1 */
export function chosenOpacity() {
  const { opacity } = remembered();
  return opacity >= FAINTEST && opacity <= 1 ? opacity : 1;
}

/** @param {{kind?: Kind, opacity?: number}} choice */
export function choose(choice) {
  try {
    localStorage.setItem(REMEMBERED, JSON.stringify({ ...remembered(), ...choice }));
  } catch {
    // A browser that keeps nothing shows it until the page is left.
    unkept = { ...remembered(), ...choice };
  }
}

let unkept = {};

function remembered() {
  try {
    return { ...unkept, ...JSON.parse(localStorage.getItem(REMEMBERED) ?? "{}") };
  } catch {
    return unkept;
  }
}
