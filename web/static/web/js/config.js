/** What the server tells the page about itself: addresses, bounds, language, base map. */
import { byId } from "web/dom";

/**
 * @typedef {{
 *   language: string,
 *   urls: {basemap: string, legend: string, assets: string, search: string, tiles: string, places: string,
 *          exportGeojson: string, exportOptions: string, exportCounts: string,
 *          exportFiles: string, snapshot: string, planJobs: string, bulkEdit: string, labels: string, now: string},
 *   names: Record<string, string>,
 *   titles: Record<string, string>,
 *   modules: string[],
 *   extensions: Record<string, any>,
 *   may: {plan: boolean, export: boolean, edit: boolean},
 *   bounds: [number, number, number, number],
 *   opening?: [number, number, number, number],
 *   basemap: null | {tiles: string[], attribution?: string, tileSize?: number, crs?: string, keep?: {zoom: number}|null},
 *   roadsCredit: string,
 *   ownBasemap: null | import("mapping/basemap/style").OwnBasemap & {credits?: Record<string, string>, tileBytes?: number},
 *   earthRadius: number,
 *   farMetres?: number,
 *   attributes?: import("field/inputs/attributes").Attribute[],
 * }} PageConfig
 * The phone's page is told of the base maps alone; `crs`, `keep`, `credits` and `tileBytes` are for it (field/pages.py).
 */

/** @type {PageConfig} */
export const config = JSON.parse(byId("page-config").textContent);

/** Where the pictures of `dom.js` come from (hashed names in production). */
export const sprites = { symbols: document.body.dataset.symbols, icons: document.body.dataset.icons };
