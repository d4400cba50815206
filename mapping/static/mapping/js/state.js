/**
 * What the page shows, once: the filter, the selected asset, map or list, the order and the map's view.
 * The address says all of it: the path names the selected asset, the query string the filter, the hash the view
 * (`#12.30/36.7123/117.0012`, with `&list`, `&order=due`, `&support=12` or `&spot=code,code` after it where they apply).
 */
import { Filter } from "mapping/filters";

/**
 * @typedef {{kind: "asset", code: string} | {kind: "support"|"spot", id: string} | null} Selection
 * @typedef {{zoom: number, lat: number, lon: number}} View
 */

const VIEW_DELAY = 300;
/** Servers and proxies take lines of four kilobytes; what the page asks beside the filter needs some of it. */
export const LONGEST_ADDRESS = 3600;
const ORDERS = ["code", "-condition", "due", "distance"];

class PageState extends EventTarget {
  /** @type {Filter} */
  filter;
  /** @type {Selection} */
  selection;
  /** @type {"map"|"list"} */
  mode;
  /** @type {string} */
  order;
  /** @type {View|null} */
  view;
  /** Whether the address named a view that is none. @type {boolean} */
  broken;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #viewTimer;

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
    if (changes.filter && changes.filter.toQuery().length > LONGEST_ADDRESS) {
      // Nobody could open such an address, nor could the server answer it.
      this.dispatchEvent(new Event("toolong"));
      return;
    }
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
    clearTimeout(this.#viewTimer);
    this.#viewTimer = setTimeout(() => history.replaceState(null, "", this.url()), VIEW_DELAY);
  }

  /** Something has been written from this page: whoever shows anything shows it anew. */
  written() {
    this.dispatchEvent(new Event("written"));
  }

  url() {
    const path = this.selection?.kind === "asset" ? `/assets/${encodeURIComponent(this.selection.code)}/` : "/map/";
    const query = this.filter.toQuery();
    return path + (query ? `?${query}` : "") + this.#hash();
  }

  get query() {
    return this.filter.toQuery();
  }

  #hash() {
    const parts = [];
    if (this.view) parts.push(`${this.view.zoom.toFixed(2)}/${this.view.lat.toFixed(5)}/${this.view.lon.toFixed(5)}`);
    if (this.mode === "list") parts.push("list");
    if (this.order !== "code") parts.push(`order=${this.order}`);
    if (this.selection && this.selection.kind !== "asset") parts.push(`${this.selection.kind}=${this.selection.id}`);
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
    if (rest.broken) this.dispatchEvent(new Event("broken"));
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
  const asset = location.pathname.match(/^\/assets\/([^/]+)\/?$/);
  const parts = location.hash.slice(1).split("&");
  const named = Object.fromEntries(parts.filter((part) => part.includes("=")).map((part) => part.split("=")));
  const place = parts.find((part) => part.includes("/"));
  const view = readView(place);
  /** @type {Selection} */
  let selection = null;
  if (asset) selection = { kind: "asset", code: asset[1] };
  else if (/^\d{1,18}$/.test(named.support ?? "")) selection = { kind: "support", id: named.support };
  else if (/^[\d,]+$/.test(named.spot ?? "")) selection = { kind: "spot", id: named.spot };
  return {
    filter: Filter.parse(location.search),
    selection,
    mode: parts.includes("list") ? "list" : "map",
    order: ORDERS.includes(named.order) ? named.order : "code",
    view,
    /** Whether the hash says a view that is none: the page then shows its usual one and says so. */
    broken: Boolean(place) && !view,
  };
}

/** A view that the map can show; null for what is none. @param {string|undefined} place @returns {View|null} */
function readView(place) {
  const numbers = (place ?? "").split("/").map((part) => (part.trim() ? Number(part) : Number.NaN));
  const [zoom, lat, lon] = numbers;
  if (numbers.length !== 3 || !numbers.every(Number.isFinite)) return null;
  return zoom >= 0 && zoom <= 24 && Math.abs(lat) <= 85 && Math.abs(lon) <= 180 ? { zoom, lat, lon } : null;
}

export const state = new PageState();
