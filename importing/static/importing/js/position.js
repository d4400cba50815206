/** Where a sample of the rows would lie under each coordinate system, so that a person can see which is right. */
import { Popup } from "maplibre-gl";
import { config } from "web/config";
import { byId, el, every } from "web/dom";
import { number } from "web/format";
import { around, colour, goTo, makeMap } from "importing/map";

/** @type {{rows: number[], labels: string[], readings: {lon: number[], lat: number[]}[]}} */
const sample = JSON.parse(byId("sample").textContent);
const options = every("[data-reading]", { kind: HTMLInputElement });
const others = byId("show-others", HTMLInputElement);
const words = byId("reading-words");

/** In degrees; two readings of one row farther apart than this are not to be compared on one screen. */
const CLOSE = 0.05;

const chosen = () => options.find((option) => option.checked);

/** The points of one reading. @returns {GeoJSON.Feature[]} */
function points(place, isChosen) {
  const { lon, lat } = sample.readings[place];
  return lon.flatMap((x, index) =>
    x === null || lat[index] === null
      ? []
      : [
          {
            type: "Feature",
            geometry: { type: "Point", coordinates: [x, lat[index]] },
            properties: {
              reading: place,
              chosen: isChosen,
              row: sample.rows[index],
              label: sample.labels[index],
            },
          },
        ],
  );
}

/** @returns {GeoJSON.FeatureCollection} */
function shown() {
  const here = chosen();
  const place = here ? Number(here.dataset.reading) : null;
  const faint = others.checked || place === null ? sample.readings.map((_, index) => index) : [];
  return {
    type: "FeatureCollection",
    features: [
      ...faint.filter((index) => index !== place).flatMap((index) => points(index, false)),
      ...(place === null ? [] : points(place, true)),
    ],
  };
}

const overlay = () => ({
  sources: { sample: { type: "geojson", data: shown() } },
  layers: [
    {
      id: "sample-faint",
      type: "circle",
      source: "sample",
      filter: ["!", ["get", "chosen"]],
      paint: {
        "circle-radius": 3.5,
        "circle-color": "rgba(0,0,0,0)",
        "circle-stroke-width": 1.5,
        "circle-stroke-color": ["match", ["get", "reading"], ...shades(), colour("ink-3")],
        "circle-stroke-opacity": 0.75,
      },
    },
    {
      id: "sample",
      type: "circle",
      source: "sample",
      filter: ["get", "chosen"],
      paint: {
        "circle-radius": 5,
        "circle-color": ["match", ["get", "reading"], ...shades(), colour("ink-3")],
        "circle-stroke-width": 1.5,
        "circle-stroke-color": colour("paper"),
      },
    },
    {
      id: "sample-name",
      type: "symbol",
      source: "sample",
      minzoom: 14.5,
      filter: ["get", "chosen"],
      layout: {
        "text-field": ["get", "label"],
        "text-size": 11,
        "text-anchor": "left",
        "text-offset": [0.8, 0],
        "text-max-width": 12,
        "text-font": ["Label Regular", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"],
      },
      paint: {
        "text-color": colour("ink"),
        "text-halo-color": colour("map-ground"),
        "text-halo-width": 1.5,
      },
    },
  ],
});

/** A colour for each reading, the same on the map and beside its choice. */
function shades() {
  return options.flatMap((_, index) => [index, colour(`reading-${index % 6}`)]);
}

const map = makeMap(overlay, () => drawSample());
const drawSample = () => /** @type {import("maplibre-gl").GeoJSONSource} */ (map.getSource("sample"))?.setData(shown());
options.forEach((option, index) => {
  /** @type {HTMLElement} */ (option.closest(".choice")).style.setProperty("--reading", `var(--reading-${index % 6})`);
});

function look() {
  drawSample();
  const here = chosen();
  if (!here) return;
  const known = sample.readings[Number(here.dataset.reading)].lon.filter((x) => x !== null).length;
  words.textContent = interpolate(
    gettext("%(shown)s rows shown. Click a dot to see which row it is."),
    { shown: number(known) },
    true,
  );
}

for (const option of options) option.addEventListener("change", look);
others.addEventListener("change", look);

const [west, south, east, north] = config.bounds;
const inDistrict = (x, y) => x !== null && west <= x && x <= east && south <= y && y <= north;

/** The rows of one reading that lie about the district; all, when none does. */
function nearby(place) {
  const { lon, lat } = sample.readings[place];
  const rows = lon.map((_, index) => index).filter((index) => inDistrict(lon[index], lat[index]));
  return rows.length ? rows : lon.map((_, index) => index).filter((index) => lon[index] !== null);
}

const current = () => Number((chosen() ?? options[0]).dataset.reading);

map.once("load", () => {
  const { lon, lat } = sample.readings[current()];
  const rows = nearby(current());
  const bounds = around(
    rows.map((index) => lon[index]),
    rows.map((index) => lat[index]),
  );
  if (bounds) goTo(map, bounds);
  look();
});

/** From one row to the next, near enough to see which reading stands where the thing stands. */
let turn = 0;
byId("next-place").addEventListener("click", () => {
  const rows = nearby(current());
  const index = rows[Math.floor((turn * 0.618034 * rows.length) % rows.length)];
  turn += 1;
  const everywhere = sample.readings.map(({ lon, lat }) => [lon[index], lat[index]]);
  const [x, y] = everywhere[current()];
  const close = everywhere.filter(([a, b]) => a !== null && Math.abs(a - x) < CLOSE && Math.abs(b - y) < CLOSE);
  goTo(map, [
    Math.min(...close.map(([a]) => a)),
    Math.min(...close.map(([, b]) => b)),
    Math.max(...close.map(([a]) => a)),
    Math.max(...close.map(([, b]) => b)),
  ]);
});

const tip = new Popup({ closeButton: false, maxWidth: "260px" });
for (const layer of ["sample", "sample-faint"]) {
  map.on("click", layer, ({ features, lngLat }) => {
    const { row, label } = features[0].properties;
    const title = interpolate(gettext("Row %(row)s"), { row }, true);
    tip
      .setLngLat(lngLat)
      .setDOMContent(el("p", { class: "map-popup" }, el("b", {}, title), " ", label))
      .addTo(map);
  });
  map.on("mouseenter", layer, () => (map.getCanvas().style.cursor = "pointer"));
  map.on("mouseleave", layer, () => (map.getCanvas().style.cursor = ""));
}
