/**
 * Brings a snapshot to life on the map that folium made. Called by the last script of the page,
 * see `mapping/snapshot/page.py`.
 *
 * @param {L.Map} map
 */
function startSnapshot(map) {
  const snapshot = readPayload();
  const { words } = snapshot;
  const selection = new LayerSelection(snapshot);
  const pictures = new Pictures(snapshot);
  const assets = new AssetLayer(snapshot, selection, pictures);
  const popup = new AssetPopup(map, snapshot);

  const { streets, roads } = contextLayers(snapshot);
  const ground = snapshot.ground ? groundLayer(snapshot.ground) : null;
  const names = new LineNames(namedPieces(snapshot), snapshot.ground ? snapshot.ground.spots : []);
  for (const layer of [streets, roads, ground, names, assets]) if (layer) layer.addTo(map);
  L.control.zoom({ position: "topright", zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
  map.attributionControl.setPrefix("Leaflet");
  map.getContainer().setAttribute("aria-label", words.map);
  map.getContainer().setAttribute("role", "region");

  const showAll = () => {
    const bounds = selection.bounds();
    if (bounds) map.fitBounds(bounds, { paddingTopLeft: [28, 56], paddingBottomRight: [28, 76], maxZoom: 17 });
  };
  const choose = (asset) => {
    const { lon, lat } = snapshot.columns;
    closePanel();
    map.setView([lat[asset] / DEGREE, lon[asset] / DEGREE], Math.max(map.getZoom(), 17), { animate: false });
    popup.open(assets.at(asset));
  };
  new Panel(snapshot, selection, () => {
    closePanel();
    showAll();
  });
  new Find(snapshot, selection, choose);
  contextSwitches(snapshot, map, { streets, roads, ground, names });
  selection.onChange(() => {
    map.closePopup();
    assets.repaint();
  });
  byId("everything").addEventListener("click", () => selection.everything());
  wholeMapButton(words.whole, showAll).addTo(map);

  const reach = window.matchMedia("(pointer: coarse)").matches ? 22 : 12;
  map.on("click", ({ latlng }) => {
    const { cell, assets: found } = assets.under(latlng, map.getZoom(), reach);
    if (!found.length) return;
    const together = assets.at(found[0]);
    if (!cell || together.length === found.length) popup.open(together);
    else zoomInto(map, snapshot, found);
  });
  // On a narrow screen a popup needs the room of the buttons.
  map.on("popupopen popupclose", ({ type }) => map.getContainer().classList.toggle("tells", type === "popupopen"));
  pointerOverAssets(map, assets, reach);

  const opener = byId("open-panel");
  opener.addEventListener("click", () => openPanel(opener.getAttribute("aria-expanded") !== "true"));
  byId("close-panel").addEventListener("click", closePanel);
  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  const recolour = () => {
    pictures.readColours();
    assets.repaint();
    names.write();
  };
  if (scheme.addEventListener) scheme.addEventListener("change", recolour);
  document.documentElement.classList.add("running");
}

/** @returns {L.Control} a button under those of the zoom */
function wholeMapButton(hint, onClick) {
  const control = new L.Control({ position: "topright" });
  control.onAdd = () => {
    const icon = shape("M3 9V3H9V5.5H5.5V9ZM15 3H21V9H18.5V5.5H15ZM3 15H5.5V18.5H9V21H3ZM18.5 15H21V21H15V18.5H18.5Z");
    const button = el("a", { href: "#", role: "button", title: hint, "aria-label": hint }, icon);
    L.DomEvent.on(button, "click", (event) => {
      L.DomEvent.stop(event);
      onClick();
    });
    return el("div", { class: "leaflet-bar whole" }, button);
  };
  return control;
}

/** On a narrow screen the panel lies over the map. */
function openPanel(open) {
  byId("panel").classList.toggle("open", open);
  byId("open-panel").setAttribute("aria-expanded", String(open));
}

const closePanel = () => openPanel(false);

/** Switches for what lies underneath; each says so when its lines are approximate. */
function contextSwitches(snapshot, map, { streets, roads, ground, names }) {
  const { outlines, roadLines, words } = snapshot;
  const list = el("ul", { "aria-labelledby": "group-background" });
  const row = (name, title, layer, note) => {
    const turn = (event) => (event.target.checked ? layer.addTo(map) : layer.remove());
    const box = el("input", { type: "checkbox", checked: true, "data-layer": `background:${name}`, onchange: turn });
    const text = el("span", { class: "words" }, el("span", { class: "name" }, title), el("small", {}, note));
    list.append(el("li", { class: "background" }, el("label", {}, box, text)));
  };
  if (outlines.length) row("streets", words.street_boundaries, streets, saidOf(outlines, words.approximate_boundaries));
  if (ground) row("ground", words.base_map, ground, snapshot.ground.credit);
  if (roadLines.length) row("roads", words.roads, roads, saidOf(roadLines, words.approximate_roads));
  if (ground || roadLines.length) row("names", words.line_names, names, "");
  if (!list.children.length) return;
  const head = el("div", { class: "group-head" }, el("h2", { id: "group-background" }, words.background));
  byId("layers").append(el("section", { class: "group" }, head, list));
}

/** Zooms at least one step into what a cell holds. */
function zoomInto(map, snapshot, found) {
  const { lon, lat } = snapshot.columns;
  const bounds = L.latLngBounds(found.map((asset) => [lat[asset] / DEGREE, lon[asset] / DEGREE]));
  const zoom = Math.min(18, Math.max(map.getZoom() + 1, map.getBoundsZoom(bounds, false, L.point(40, 40))));
  map.setView(bounds.getCenter(), zoom);
}

function pointerOverAssets(map, assets, reach) {
  let waiting = false;
  map.on("mousemove", ({ latlng }) => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      const { assets: found } = assets.under(latlng, map.getZoom(), reach);
      map.getContainer().classList.toggle("over-asset", found.length > 0);
    });
  });
}
