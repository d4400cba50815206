/** What an export is to hold: chosen in the dialogue (`export_dialog.js`), kept from one opening to the next. */
import { address } from "mapping/filters";
import { state } from "mapping/state";
import { config } from "web/config";
import { there } from "web/dom";
import { getJson } from "web/server";

/**
 * @typedef {{name: string, title: string}} Column
 * @typedef {{name: string, title: string, formats: string[], columns: Column[]}} Layer
 * @typedef {{name: string, ending: string, title: string, words: string, only_wgs84: boolean, takes_titles: boolean,
 *            takes_columns: boolean, direct_rows: number|null}} Format
 * @typedef {{name: string, title: string, short: string}} System
 * @typedef {{layers: Layer[], formats: Format[], systems: System[], position: string}} Options
 * @typedef {{rows: number, total: number}} Count
 * @typedef {{filename: string, rows: number, bytes: number, download: string, finished_at: string}} Prepared
 */

export const selection = { layer: "assets", format: "xlsx", crs: "wgs84", headings: "words", columns: new Set() };

/** @type {Options|null} */
let choices = null;
/** @type {Record<string, Count>} */
let counts = {};

/** Asks what there is to choose from, how many rows there are and what was prepared. @returns {Promise<Prepared[]>} */
export async function learn() {
  const [offered, counted, made] = await Promise.all([
    choices ?? getJson(config.urls.exportOptions),
    getJson(address(config.urls.exportCounts, state.query)),
    getJson(config.urls.exportFiles),
  ]);
  choices = offered;
  counts = counted;
  if (!selection.columns.size) allColumns();
  return made.files;
}

/** What there is to choose from, once it has been asked for. */
export const options = () => there(choices, "What can be exported");

/** The layer that is chosen. */
export const layer = () =>
  there(
    options().layers.find(({ name }) => name === selection.layer),
    selection.layer,
  );

/** The format that is chosen. */
export const format = () =>
  there(
    options().formats.find(({ name }) => name === selection.format),
    selection.format,
  );

/** @param {string} name of a layer @returns {Count} rows that the filter leaves, and all there are */
export const countOf = (name) => counts[name] ?? { rows: 0, total: 0 };

/** Whether it is made in the background. */
export function isLarge() {
  const { direct_rows } = format();
  return direct_rows !== null && countOf(selection.layer).rows > direct_rows;
}

/** @param {string} name */
export function chooseLayer(name) {
  selection.layer = name;
  allColumns();
}

/** The columns of the layer and the position: what can be left out. @returns {Column[]} */
export const everyColumn = () => [...layer().columns, { name: options().position, title: gettext("Position") }];

const allColumns = () => (selection.columns = new Set(everyColumn().map(({ name }) => name)));

/** Whether a column is chosen besides the position. */
export const hasColumns = () =>
  !format().takes_columns || [...selection.columns].some((name) => name !== options().position);

/** The address of what is chosen. */
export function exportAddress() {
  const { only_wgs84, takes_titles, takes_columns, ending } = format();
  const parameters = new URLSearchParams(state.query);
  const crs = only_wgs84 ? "wgs84" : selection.crs;
  if (crs !== "wgs84" && selection.format !== "json") parameters.set("crs", crs);
  if (takes_titles && selection.headings === "words") parameters.set("titles", "words");
  parameters.set("lang", config.language.startsWith("zh") ? "zh" : "en");
  const columns = everyColumn().map(({ name }) => name);
  if (takes_columns && selection.columns.size < columns.length)
    parameters.set("columns", columns.filter((name) => selection.columns.has(name)).join(","));
  const name = selection.format === "json" ? `${crs}.json` : ending;
  return `/export/${selection.layer}.${name}?${parameters.toString().replaceAll("%2C", ",")}`;
}
