/**
 * "Export what I see": every entry takes the page's own filter and says how many rows it will hold. Who may not export
 * is offered the link alone.
 */
import { config } from "web/config";
import { byId, el, element } from "web/dom";
import { openExportDialog } from "mapping/export_dialog";
import { address } from "mapping/filters";
import { number } from "web/format";
import { state } from "mapping/state";

/** @param {number} matched */
export function showExports(matched) {
  const rows = interpolate(ngettext("%(n)s asset", "%(n)s assets", matched), { n: number(matched) }, true);
  const title = config.may.export ? gettext("Export what I see") : gettext("Share what I see");
  byId("export-menu").replaceChildren(
    el("p", { class: "menu-title" }, title, el("small", {}, rows)),
    ...(config.may.export ? files() : []),
    el(
      "button",
      {
        class: "menu-item",
        "data-closes-menu": true,
        onclick: () => navigator.clipboard.writeText(location.href),
      },
      el("b", {}, gettext("Copy link")),
      el("small", {}, gettext("The same filters and the same view")),
    ),
  );
}

/** The files one can take along. */
function files() {
  return [
    entry(
      address(config.urls.exportGeojson, state.query),
      gettext("GeoJSON"),
      gettext("For QGIS, GDAL and notebooks; WGS84"),
      true,
    ),
    el(
      "button",
      {
        class: "menu-item",
        "data-closes-menu": true,
        "aria-haspopup": "dialog",
        onclick: () => openExportDialog(element("#results summary", { kind: HTMLElement })),
      },
      el("b", {}, gettext("More formats …")),
      el("small", {}, gettext("Excel, GeoPackage, Shapefile; columns, coordinate system")),
    ),
    entry(
      address(config.urls.snapshot, state.query),
      gettext("Snapshot map"),
      gettext("One HTML file that opens without a network"),
      true,
    ),
  ];
}

const entry = (href, title, words, download) =>
  el("a", { class: "menu-item", href, download, "data-closes-menu": true }, el("b", {}, title), el("small", {}, words));
