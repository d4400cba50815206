/** On the assets' map: a switch that lays the results of the coverage rules over it. Pressing a gap opens it. */
import { coverageLayers } from "evaluation/coverage/style";
import { drawOver } from "mapping/map_view";
import { config } from "web/config";
import { byId, el } from "web/dom";

const SOURCE = "coverage";
const TILES_UP_TO = 16;
const { tiles, result, results } = config.extensions.coverage;
/** Kept for the session: whoever works on gaps has them on every visit. */
const KEPT = "coverage-on-map";

let shown = sessionStorage.getItem(KEPT) === "gaps";

const button = el(
  "button",
  { type: "button", class: "button small coverage-switch", "aria-pressed": String(shown) },
  gettext("Coverage gaps"),
);
const list = el("a", { class: "coverage-list", href: `${results}?ok=no` }, gettext("As a list"));

function draw() {
  list.hidden = !shown;
  drawOver(
    SOURCE,
    shown ? { type: "vector", tiles: [`${location.origin}${tiles}?ok=no`], maxzoom: TILES_UP_TO } : null,
    (_palette, source) => coverageLayers(source, { points: "coverage", lines: "coverage_lines" }),
    { layer: "coverage-points", open },
  );
}

/** @param {import("maplibre-gl").MapLayerMouseEvent} event */
function open({ features }) {
  const pressed = features?.[0];
  if (pressed) location.assign(result.replace("{uid}", pressed.properties.uid));
}

button.addEventListener("click", () => {
  shown = !shown;
  sessionStorage.setItem(KEPT, shown ? "gaps" : "");
  button.setAttribute("aria-pressed", String(shown));
  draw();
});

byId("bar").append(el("span", { class: "coverage-tools" }, button, list));
draw();
