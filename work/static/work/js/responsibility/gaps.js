/** On the assets' map: what nobody answers for, in red, when the button beside the map is pressed. */
import { config } from "web/config";
import { byId, el, icon } from "web/dom";
import { drawOver } from "mapping/map_view";
import { getJson } from "web/server";
import { rememberShown, wereShown } from "work/responsibility/shown";

const { layer, page } = config.extensions.gaps;

/** @typedef {import("maplibre-gl").LayerSpecification} Layer */

/** @param {Record<string, string>} palette @param {string} source @returns {Layer[]} */
const layers = (palette, source) => [
  {
    id: "gaps-fill",
    type: "fill",
    source,
    filter: ["==", ["geometry-type"], "Polygon"],
    paint: { "fill-color": palette.severe, "fill-opacity": 0.12 },
  },
  {
    id: "gaps-line",
    type: "line",
    source,
    filter: ["!=", ["geometry-type"], "Point"],
    paint: { "line-color": palette.severe, "line-width": 2.5, "line-dasharray": [3, 1.5] },
  },
  {
    id: "gaps-point",
    type: "circle",
    source,
    filter: ["==", ["geometry-type"], "Point"],
    paint: {
      "circle-radius": 6,
      "circle-color": palette.paper,
      "circle-stroke-color": palette.severe,
      "circle-stroke-width": 3,
    },
  },
];

const words = gettext("Gaps in responsibility");
const button = el(
  "button",
  { class: "map-button", id: "show-gaps", type: "button", "aria-pressed": "false", "aria-label": words, title: words },
  icon("alert"),
);
const legend = el("p", { class: "gaps-legend", role: "status", hidden: "" });

async function show() {
  button.disabled = true;
  try {
    const found = await getJson(layer);
    drawOver("gaps", { type: "geojson", data: found }, layers);
    const n = found.features.length;
    legend.replaceChildren(
      el(
        "a",
        { href: page },
        ngettext("%s place that nobody answers for", "%s places that nobody answers for", n).replace("%s", String(n)),
      ),
    );
    legend.hidden = false;
    button.setAttribute("aria-pressed", "true");
    rememberShown(true);
  } catch {
    legend.textContent = gettext("The gaps could not be loaded.");
    legend.hidden = false;
  } finally {
    button.disabled = false;
  }
}

function hide() {
  rememberShown(false);
  drawOver("gaps", null, layers);
  legend.hidden = true;
  button.setAttribute("aria-pressed", "false");
}

button.addEventListener("click", () => (button.getAttribute("aria-pressed") === "true" ? hide() : show()));
byId("map-tools").append(button);
byId("bar").append(legend);
if (wereShown()) show();
