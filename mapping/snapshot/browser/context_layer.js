/**
 * What the register has to draw under the assets: outlines of district and streets, roads, and the streets' names. It
 * lies around the base map of the file, and stands in for it where there is none. No tile of any map service is asked
 * for; the file has to work where there is no network.
 */

/**
 * @param {Snapshot} snapshot
 * @returns {{streets: L.FeatureGroup, roads: L.FeatureGroup}} to be switched on and off
 */
function contextLayers(snapshot) {
  const { outlines, roadLines, words } = snapshot;
  const streets = L.featureGroup([], { attribution: saidOf(outlines, words.approximate_boundaries) });
  // The streets' ground lies under the base map, the district's line over it.
  outlines
    .slice()
    .reverse()
    .forEach(({ level, lines }) => {
      const pane = level === "district" ? "edges" : "outlines";
      const look = { pane, interactive: false, className: `outline ${level}` };
      L.polygon(lines.map(positionsOf), look).addTo(streets);
    });
  const rank = new Map(snapshot.streets.map(({ name }, layer) => [name, layer]));
  const named = outlines.filter(({ level }) => level === "street");
  const placeOf = ({ name }) => {
    const place = rank.get(name);
    return place === undefined ? Infinity : place;
  };
  named.sort((a, b) => placeOf(a) - placeOf(b));
  streets.addLayer(new StreetNames(named));

  const roads = L.featureGroup([], { attribution: roadsSaid(snapshot) });
  // Beneath a base map the register's roads are thin: most of them lie under its own lines.
  const looks = snapshot.ground ? ["road thin"] : ["road-edge", "road"];
  looks.forEach((name) => {
    /** @type {L.LatLngTuple[][]} */
    const lines = [];
    for (const road of roadLines) lines.push(...road.lines.map(positionsOf));
    L.polyline(lines, { pane: "roads", interactive: false, className: name }).addTo(roads);
  });
  return { streets, roads };
}

/** What the map says of the register's roads: that they are approximate, and whose they are unless the base map says it. */
function roadsSaid({ roadLines, ground, words }) {
  const credited = ground ? ground.credit : "";
  const credit = roadLines.length && !credited.startsWith(words.roads_credit) ? words.roads_credit : "";
  return [saidOf(roadLines, words.approximate_roads), credit].filter(Boolean).join(" · ");
}

/** What there is to name along lines: the base map's first, then those roads that only the register has. */
function namedPieces({ ground, roadLines }) {
  const mapped = ground ? ground.lines : [];
  const names = new Set(mapped.map(({ name }) => name.split(" ")[0]));
  const others = roadLines.filter(({ name }) => !names.has(name));
  return mapped.concat(others.map(({ name, lines }) => ({ kind: ground ? "street" : "secondary", name, lines })));
}

/** @returns {string} what has to be said of lines that nobody surveyed, wherever they are shown */
const saidOf = (things, sentence) => (things.some(({ approximate }) => approximate) ? sentence : "");

/** A line of a street's name, in pixels. */
const NAME_HEIGHT = 16;
const NAME_SIZE = 12;

/**
 * The names of the streets. While cells are shown a name stands in the free line between two rows of rings; where two
 * names would cover each other the later one tries its neighbouring lines, and else waits for a closer zoom.
 */
const StreetNames = /** @type {new (streets: Outline[]) => L.Layer} */ (
  L.Layer.extend({
    /** @param {Outline[]} streets those that matter most first */
    initialize(streets) {
      const pen = penOf(document.createElement("canvas"));
      pen.font = `600 ${NAME_SIZE}px ${getComputedStyle(document.body).fontFamily}`;
      this.names = streets.map(({ name, label }) => {
        const home = L.latLng(label[1], label[0]);
        const icon = L.divIcon({ className: "street-name", html: el("span", {}, name), iconSize: [0, 0] });
        const marker = L.marker(home, { icon, interactive: false, keyboard: false, pane: "names" });
        return { marker, home, width: pen.measureText(name).width + 6 };
      });
    },

    onAdd(map) {
      map.on("zoomend", this.settle, this);
      this.settle();
    },

    onRemove(map) {
      map.off("zoomend", this.settle, this);
      for (const { marker } of this.names) marker.remove();
    },

    settle() {
      const map = this._map;
      const zoom = map.getZoom();
      const taken = [];
      this.names.forEach(({ marker, home, width }) => {
        const wanted = map.project(home, zoom);
        const line = Math.round(wanted.y / CELL);
        const free = [0, 1, -1]
          .map((step) => L.point(wanted.x, (line + step) * CELL))
          .map((at) => L.bounds(at.subtract([width / 2, NAME_HEIGHT / 2]), at.add([width / 2, NAME_HEIGHT / 2])))
          .find((box) => !taken.some((other) => other.intersects(box)));
        if (!free) {
          marker.remove();
          return;
        }
        taken.push(free);
        marker.setLatLng(map.unproject(free.getCenter(), zoom)).addTo(map);
      });
    },
  })
);
