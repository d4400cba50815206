/**
 * What the page shows, once: the filter, the selected asset, map or list, the order and the map's view.
 * The address says all of it: the path names the selected asset, the query string the filter, the hash the view
 * (`#12.30/36.7123/117.0012`, with `&list`, `&order=due` or `&support=12` after it where they apply).
 */
import { Filter } from "mapping/filters";

/**
 * @typedef {{kind: "asset", code: string} | {kind: "support", id: string} | null} Selection
 * @typedef {{zoom: number, lat: number, lon: number}} View
 */

const VIEW_DELAY = 300;

class PageState extends EventTarget {
  constructor() {
    super();
    Object.assign(this, readAddress());
    addEventListener("popstate", () => this.#followAddress());
  }

  /**
   * Changes something, tells everybody, and writes the address.
   * @param {{filter?: Filter, selection?: Selection, mode?: "map"|"list", order?: string}} changes
   * @param {{replace?: boolean}} [options] replace: the step is none that "back" should return to
   */
  update(changes, { replace = false } = {}) {
    const changed = this.#assign(changes);
    if (!changed.size) return;
    const url = this.url();
    if (replace) history.replaceState(null, "", url);
    else history.pushState(null, "", url);
    this.#tell(changed);
  }

  /** The map has moved: the address follows a little later, without a step in the history. @param {View} view */
  moved(view) {
    this.view = view;
    clearTimeout(this.viewTimer);
    this.viewTimer = setTimeout(() => history.replaceState(null, "", this.url()), VIEW_DELAY);
  }

  url() {
    const path =
      this.selection?.kind === "asset" ? `/assets/${encodeURIComponent(this.selection.code)}/` : "/map/";
    const query = this.filter.toQuery();
    return path + (query ? `?${query}` : "") + this.#hash();
  }

  get query() {
    return this.filter.toQuery();
  }

  #hash() {
    const parts = [];
    if (this.view)
      parts.push(`${this.view.zoom.toFixed(2)}/${this.view.lat.toFixed(5)}/${this.view.lon.toFixed(5)}`);
    if (this.mode === "list") parts.push("list");
    if (this.order !== "code") parts.push(`order=${this.order}`);
    if (this.selection?.kind === "support") parts.push(`support=${this.selection.id}`);
    return parts.length ? `#${parts.join("&")}` : "";
  }

  #assign(changes) {
    const changed = new Set();
    for (const [name, value] of Object.entries(changes)) {
      if (same(this[name], value)) continue;
      this[name] = value;
      changed.add(name);
    }
    return changed;
  }

  #followAddress() {
    const { view, ...rest } = readAddress();
    const changed = this.#assign(rest);
    if (view && !same(view, this.view)) {
      this.view = view;
      changed.add("view");
    }
    this.#tell(changed);
  }

  #tell(changed) {
    this.dispatchEvent(new CustomEvent("change", { detail: changed }));
  }
}

function same(a, b) {
  if (a instanceof Filter && b instanceof Filter) return a.equals(b);
  return JSON.stringify(a) === JSON.stringify(b);
}

function readAddress() {
  const asset = location.pathname.match(/^\/assets\/([^/]+)\/$/);
  const parts = location.hash.slice(1).split("&");
  const named = Object.fromEntries(parts.filter((part) => part.includes("=")).map((part) => part.split("=")));
  const [zoom, lat, lon] = (parts.find((part) => part.split("/").length === 3) ?? "").split("/").map(Number);
  let selection = null;
  if (asset) selection = { kind: "asset", code: decodeURIComponent(asset[1]) };
  else if (named.support) selection = { kind: "support", id: named.support };
  return {
    filter: Filter.parse(location.search),
    selection,
    mode: parts.includes("list") ? "list" : "map",
    order: named.order ?? "code",
    view: Number.isFinite(lon) ? { zoom, lat, lon } : null,
  };
}

export const state = new PageState();
