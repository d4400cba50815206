/**
 * The base map of the file: water, green, rails and roads as `mapping/snapshot/ground.py` packed them, in the product's
 * own colours (snapshot.css, which the scheme switches). One path of the page a class and not one a road.
 */

/** Class → widths in pixels at the zooms of WIDTHS_AT; the least important first, so that the others lie on top. */
const WIDTHS_AT = [9, 11, 13, 15, 17, 19];
const WIDTHS = {
  canal: [0, 0.5, 2, 4, 8, 14],
  river: [1.2, 2, 4, 7, 14, 26],
  street: [0, 0, 0.7, 2.4, 7, 17],
  tertiary: [0, 0.5, 1.4, 3.4, 9, 20],
  metro: [0, 0.5, 1, 1.6, 2.4, 3],
  rail: [0.6, 0.9, 1.3, 1.9, 2.8, 4],
  secondary: [0.5, 0.9, 2, 4.8, 12, 26],
  primary: [0.6, 1.1, 2.6, 6, 14, 30],
  trunk: [0.9, 1.5, 3.2, 7, 16, 34],
  motorway: [1, 1.7, 3.4, 7.5, 17, 36],
};
const AREAS = ["wood", "park", "water"];
/** What has edges, from EDGES_FROM on: from afar a road is a line, from near a strip between two edges. */
const ROADS = ["street", "tertiary", "secondary", "primary", "trunk", "motorway"];
const EDGES_FROM = 13;
const EDGE = 1.6;
/** What would be thinner is not drawn. */
const THINNEST = 0.35;
/** A spot is named from this zoom on. */
const SPOTS_FROM = { station: 12, metro_station: 14 };

/**
 * @param {string} kind @param {number} zoom @returns {number} pixels
 */
function widthOf(kind, zoom) {
  const widths = WIDTHS[kind];
  let k = 0;
  while (k < WIDTHS_AT.length - 2 && zoom > WIDTHS_AT[k + 1]) k++;
  const share = Math.min(1, Math.max(0, (zoom - WIDTHS_AT[k]) / (WIDTHS_AT[k + 1] - WIDTHS_AT[k])));
  return widths[k] + (widths[k + 1] - widths[k]) * share;
}

/**
 * @param {Ground} ground
 * @returns {L.FeatureGroup} to be switched on and off
 */
function groundLayer(ground) {
  const look = { pane: "ground", interactive: false };
  const drawn = L.featureGroup([], { attribution: escaped(ground.credit) });
  const gathered = (list, kind) =>
    [].concat(...list.filter((piece) => piece.kind === kind).map(({ lines }) => lines.map(positionsOf)));
  AREAS.forEach((kind) => {
    const rings = gathered(ground.areas, kind);
    if (rings.length) drawn.addLayer(L.polygon(rings, { ...look, className: `ground-area ${kind}` }));
  });
  const lines = Object.keys(WIDTHS)
    .map((kind) => ({ kind, lines: gathered(ground.lines, kind) }))
    .filter((group) => group.lines.length);
  const edges = lines.filter(({ kind }) => ROADS.includes(kind)).map((group) => ({ ...group, edge: true }));
  const paths = edges.concat(lines.map((group) => ({ ...group, edge: false }))).map(({ kind, lines: of, edge }) => {
    const path = L.polyline(of, { ...look, className: `ground-line ${kind}${edge ? " edge" : ""}` });
    drawn.addLayer(path);
    return { path, kind, edge };
  });

  const settle = ({ target: map }) => {
    const zoom = map.getZoom();
    map.getContainer().classList.toggle("near", zoom >= EDGES_FROM);
    paths.forEach(({ path, kind, edge }) => {
      const width = widthOf(kind, zoom);
      const far = zoom < EDGES_FROM;
      // No weight and not no stroke: the colour is the style sheet's.
      path.setStyle({ weight: width < THINNEST || (edge && far) ? 0 : edge ? width + EDGE : width });
    });
  };
  /** @type {L.Map|null} */
  let on = null;
  drawn.on("add", () => {
    if (on || !paths.length) return;
    // A group has no map of its own; its members have.
    /** @type {L.Map} */
    const map = /** @type {any} */ (paths[0].path)._map;
    on = map;
    map.on("zoomend", settle);
    settle({ target: map });
  });
  drawn.on("remove", () => {
    if (on) on.off("zoomend", settle);
    on = null;
  });
  return drawn;
}

/** @param {string} text @returns {string} as Leaflet shows it unharmed, which takes a credit for markup */
const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
