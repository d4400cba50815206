/** Search among what is shown; its list is also the way to every asset for those who use no pointer. */

const MOST_FOUND = 100;

class Find {
  /**
   * @param {Snapshot} snapshot @param {LayerSelection} selection
   * @param {(asset: number) => void} onChoose
   */
  constructor(snapshot, selection, onChoose) {
    this.snapshot = snapshot;
    this.selection = selection;
    this.onChoose = onChoose;
    this.input = /** @type {HTMLInputElement} */ (byId("find"));
    this.list = byId("found");
    this.note = byId("found-note");
    this.input.setAttribute("placeholder", snapshot.words.find_hint);
    this.input.setAttribute("aria-label", snapshot.words.find);
    this.input.addEventListener("input", () => this.look());
    selection.onChange(() => this.look());
  }

  look() {
    const words = this.input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    byId("panel").classList.toggle("finding", words.length > 0);
    this.list.textContent = "";
    this.note.textContent = "";
    if (!words.length) return;
    const found = this.matching(words);
    this.list.append(...found.slice(0, MOST_FOUND).map((asset) => this.row(asset)));
    const say = this.snapshot.words;
    const sentence = !found.length ? say.find_none : found.length > MOST_FOUND ? say.find_some : say.find_all;
    this.note.textContent = fill(sentence, { found: number(found.length), shown: number(MOST_FOUND) });
  }

  /** @param {string[]} words @returns {number[]} the shown assets in which every word occurs */
  matching(words) {
    const { columns, count, texts } = this.snapshot;
    // Texts repeat: each distinct one is looked at once.
    const hits = words.map((word) =>
      ["name", "address", "wording"].map((name) => ({
        positions: columns[name],
        here: Uint8Array.from(texts[name], (text) => (text.toLowerCase().includes(word) ? 1 : 0)),
      })),
    );
    const found = [];
    for (let i = 0; i < count; i++) {
      if (!this.selection.shown[i]) continue;
      const every = words.every(
        (word, w) => hits[w].some(({ positions, here }) => here[positions[i]]) || this.inCode(word, i),
      );
      if (every) found.push(i);
    }
    return found;
  }

  inCode(word, asset) {
    return /^\d{4,}$/.test(word) && codeOf(this.snapshot, asset).includes(word);
  }

  row(asset) {
    const { columns, conditions, streets, texts, types, words } = this.snapshot;
    const name = texts.name[columns.name[asset]] || words.unnamed;
    const { code, name: condition } = conditions[columns.condition[asset]];
    const where = `${types[columns.type[asset]].name} · ${streets[columns.street[asset]].name}`;
    const text = el("span", { class: "words" }, el("b", {}, name), el("small", {}, where));
    const swatch = el("i", { class: `swatch ${code}`, title: condition });
    return el("li", {}, el("button", { type: "button", onclick: () => this.onChoose(asset) }, swatch, text));
  }
}
