/**
 * The one filter, as the query string says it: comma = or within a parameter, parameters = and.
 * Parameters the page does not know stay in it, so that the server can name them rather than nobody.
 */

/** What is shown when `lifecycle` says nothing. */
const DEFAULTS = { lifecycle: ["in_use", "suspended"] };

/** The order in which chips and the query string name them. */
export const PARAMETERS = [
  "street",
  "community",
  "road",
  "type",
  "family",
  "condition",
  "overdue",
  "theme",
  "site_kind",
  "lifecycle",
  "artwork",
  "support",
  "batch",
  "answers",
  "campaign",
  "q",
  "bbox",
  "within",
  "asset",
  "updated_since",
];

/** One value each, in which a comma is just a comma. */
const SINGLE = new Set(["q", "bbox", "within", "updated_since"]);

/** Unchangeable: every change makes a new one. */
export class Filter {
  /** @param {Map<string, string[]>} values */
  constructor(values = new Map()) {
    this.values = values;
  }

  /** @param {string} search a query string, with or without the question mark */
  static parse(search) {
    const values = new Map();
    for (const [name, value] of new URLSearchParams(search)) {
      const list = SINGLE.has(name) ? [value] : value.split(",").filter(Boolean);
      if (list.length && list[0] !== "") values.set(name, list);
    }
    return new Filter(values);
  }

  /** @returns {string[]} what is in force, the default included */
  get(name) {
    return this.values.get(name) ?? DEFAULTS[name] ?? [];
  }

  has(name, value) {
    return this.get(name).includes(value);
  }

  /** Whether the reader chose something here. */
  isSet(name) {
    return this.values.has(name);
  }

  /** @returns {[string, string[]][]} the reader's choices, known parameters first and in their order */
  entries() {
    /** @param {[string, string[]]} entry */
    const place = ([name]) => (PARAMETERS.indexOf(name) + PARAMETERS.length) % PARAMETERS.length;
    return [...this.values].sort((a, b) => place(a) - place(b));
  }

  get isEmpty() {
    return this.values.size === 0;
  }

  /** @param {string[]} list an empty list, or the default, takes the parameter away */
  with(name, list) {
    const values = new Map(this.values);
    if (list.length && !sameSet(list, DEFAULTS[name] ?? [])) values.set(name, list);
    else values.delete(name);
    if (name === "street") values.delete("community");
    return new Filter(values);
  }

  toggle(name, value) {
    const list = this.get(name);
    return this.with(name, list.includes(value) ? list.filter((other) => other !== value) : [...list, value]);
  }

  /** "Only this": the value alone, or nothing when it already stood alone. */
  only(name, value) {
    const alone = this.isSet(name) && this.get(name).length === 1 && this.has(name, value);
    return this.with(name, alone ? [] : [value]);
  }

  without(name) {
    return this.with(name, []);
  }

  /** @returns {string} "street=370105001&condition=damaged,severe", "" when nothing is chosen */
  toQuery() {
    return this.entries()
      .map(([name, list]) => `${name}=${list.map(encodeURIComponent).join(",")}`)
      .join("&");
  }

  equals(other) {
    return this.toQuery() === other.toQuery();
  }
}

const sameSet = (a, b) => a.length === b.length && a.every((value) => b.includes(value));

/** `address("/api/legend", "street=1", {cursor: "x"})` → "/api/legend?street=1&cursor=x" */
export function address(path, query, extra = {}) {
  const more = Object.entries(extra)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const all = [query, ...more].filter(Boolean).join("&");
  return all ? `${path}?${all}` : path;
}
