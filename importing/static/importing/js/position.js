/** Where a sample of the rows would lie under each coordinate system, so that a person can see which is right. */
import { Popup } from "maplibre-gl";
import { config } from "web/config";
import { byId, dataOf, el, every, jsonOf } from "web/dom";
import { number } from "web/format";
import { colour } from "web/look";
import { around, goTo, makeMap } from "importing/map";
import { countOf, nearby, nextLook, placeOf, placesOf } from "importing/sample";

/** @type {{rows: number[], labels: string[], readings: import("importing/sample").Reading[]}} */
const sample = jsonOf("sample");
const options = every("[data-reading]", { kind: HTMLInputElement });
const others = byId("show-others", HTMLInputElement);
const words = byId("reading-words");

const checkedOption = () => options.find((option) => option.checked);

/** The points of one reading. @returns {GeoJSON.Feature[]} */
function points(place, isChosen) {
  const reading = sample.readings[place];
  return sample.rows.flatMap((row, index) => {
    const coordinates = placeOf(reading, index);
    if (!coordinates) return [];
    const properties = { reading: place, chosen: isChosen, row, label: sample.labels[index] };
    return [{ type: "Feature", geometry: { type: "Point", coordinates }, properties }];
  });
}

/** @returns {GeoJSON.FeatureCollection} */
function shown() {
  const here = checkedOption();
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
  const here = checkedOption();
  if (!here) return;
  const count = countOf(sample.readings[Number(here.dataset.reading)]);
  words.textContent = interpolate(
    gettext("%(shown)s rows shown. Click a dot to see which row it is."),
    { shown: number(count) },
    true,
  );
}

for (const option of options) option.addEventListener("change", look);
others.addEventListener("change", look);

const current = () => Number(dataOf(checkedOption() ?? options[0], "reading"));

map.once("load", () => {
  const reading = sample.readings[current()];
  const places = placesOf(reading, nearby(reading, config.bounds));
  const bounds = around(
    places.map(([x]) => x),
    places.map(([, y]) => y),
  );
  if (bounds) goTo(map, bounds);
  look();
});

/** From one row to the next. */
let turn = 0;
byId("next-place").addEventListener("click", () => {
  const bounds = nextLook(sample.readings, current(), config.bounds, turn);
  turn += 1;
  if (bounds) goTo(map, bounds);
});

const tip = new Popup({ closeButton: false, maxWidth: "260px" });
for (const layer of ["sample", "sample-faint"]) {
  map.on("click", layer, ({ features, lngLat }) => {
    const pressed = features?.[0];
    if (!pressed) return;
    const { row, label } = pressed.properties;
    const title = interpolate(gettext("Row %(row)s"), { row }, true);
    tip
      .setLngLat(lngLat)
      .setDOMContent(el("p", { class: "map-popup" }, el("b", {}, title), " ", label))
      .addTo(map);
  });
  map.on("mouseenter", layer, () => (map.getCanvas().style.cursor = "pointer"));
  map.on("mouseleave", layer, () => (map.getCanvas().style.cursor = ""));
}
