/** The panel of layers: streets and types with live counts, and the conditions, which are the legend as well. */

class Panel {
  /**
   * @param {Snapshot} snapshot @param {LayerSelection} selection
   * @param {(layer: number) => void} onOnlyStreet called when one street was chosen
   */
  constructor(snapshot, selection, onOnlyStreet) {
    this.snapshot = snapshot;
    this.selection = selection;
    this.words = snapshot.words;
    this.onOnlyStreet = onOnlyStreet;
    this.rows = [];
    this.groups = [];
    byId("layers").append(this.group("street"), this.group("type"));
    this.legend();
    selection.onChange(() => this.update());
    this.update();
  }

  /** @param {string} name @returns {HTMLElement} a heading with its switches, and a row for each layer */
  group(name) {
    const { selection, snapshot, words } = this;
    const entries = name === "street" ? snapshot.streets : snapshot.types;
    const heading = `group-${name}`;
    const size = el("span", { class: "size" });
    const buttons = [true, false].map((on) => {
      const choose = () => selection.all(name, on);
      return el("button", { type: "button", class: "plain", onclick: choose }, on ? words.all : words.none);
    });
    const head = el("div", { class: "group-head" }, el("h2", { id: heading }, words[name]), size, ...buttons);
    const list = el("ul", { "aria-labelledby": heading });
    list.append(...entries.map((entry, layer) => this.row(name, entry, layer)));
    this.groups.push({ name, size });
    return el("section", { class: "group" }, head, list);
  }

  row(name, entry, layer) {
    const { selection, snapshot, words } = this;
    const box = el("input", { type: "checkbox", onchange: () => selection.toggle(name, layer) });
    box.setAttribute("data-layer", `${name}:${entry.code}`);
    const count = el("span", { class: "n" });
    const bar = el("span", { class: "bar", "aria-hidden": "true" });
    const title = el("span", { class: "name" }, entry.name);
    const picture = name === "type" ? shape(snapshot.symbols[entry.symbol] || snapshot.symbols.sign) : null;
    const label = el("label", {}, box, picture, el("span", { class: "words" }, title, bar), count);
    const choose = () => {
      selection.only(name, layer);
      if (name === "street") this.onOnlyStreet(layer);
    };
    const hint = fill(words.only_this, { name: entry.name });
    const only = el("button", { type: "button", class: "plain only", "aria-label": hint, onclick: choose }, words.only);
    const item = el("li", { class: name }, label, only);
    this.rows.push({ name, layer, item, box, count, bar });
    return item;
  }

  legend() {
    const { selection, snapshot, words } = this;
    const strip = byId("legend");
    strip.setAttribute("aria-label", words.condition);
    LEGEND_ORDER.forEach((layer) => {
      const { code, name } = snapshot.conditions[layer];
      const box = el("input", { type: "checkbox", onchange: () => selection.toggle("condition", layer) });
      box.setAttribute("data-layer", `condition:${code}`);
      const count = el("span", { class: "n" });
      const item = el(
        "label",
        { class: "key" },
        box,
        el("i", { class: `swatch ${code}` }),
        el("span", {}, name),
        count,
      );
      strip.append(item);
      this.rows.push({ name: "condition", layer, item, box, count, bar: null });
    });
  }

  update() {
    const { selection, snapshot } = this;
    this.rows.forEach(({ name, layer, item, box, count, bar }) => {
      const counts = selection.countsOf(name, layer);
      const total = counts.reduce((a, b) => a + b, 0);
      box.checked = Boolean(selection.on[name][layer]);
      item.classList.toggle("off", !box.checked);
      item.classList.toggle("empty", total === 0);
      count.textContent = number(total);
      if (bar) this.fillBar(bar, counts, total);
    });
    this.groups.forEach(({ name, size }) => {
      const on = selection.on[name];
      const selected = on.reduce((a, b) => a + b, 0);
      size.textContent = selected === on.length ? String(on.length) : `${selected} / ${on.length}`;
    });
    const everything = selection.total === snapshot.count;
    const shown = { shown: number(selection.total), count: number(snapshot.count) };
    byId("shown").textContent = fill(this.words.shown, shown);
    byId("everything").hidden = everything;
    byId("nothing").hidden = selection.total > 0 || snapshot.count === 0;
  }

  fillBar(bar, counts, total) {
    bar.textContent = "";
    if (!total) return;
    const shares = ringShares(counts, total);
    BAR_ORDER.forEach((condition) => {
      if (!shares[condition]) return;
      const part = el("i", { class: this.snapshot.conditions[condition].code });
      part.style.flexGrow = String(shares[condition]);
      bar.append(part);
    });
  }
}

/** Positions in the list of conditions: from good to missing, and what nobody has looked at yet. */
const LEGEND_ORDER = [1, 2, 3, 4, 5, 0];
const BAR_ORDER = [1, 0, 2, 3, 4, 5];
