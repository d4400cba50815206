/** What a click on an asset tells: its facts, and a way to the others at the same place. */

class AssetPopup {
  /** @param {L.Map} map @param {Snapshot} snapshot */
  constructor(map, snapshot) {
    this.map = map;
    this.snapshot = snapshot;
  }

  /** @param {number[]} assets at one position; the first is shown */
  open(assets) {
    const { lon, lat } = this.snapshot.columns;
    const content = el("div", { class: "facts" });
    const show = (position) => refill(content, ...this.facts(assets, position, show));
    show(0);
    // Room for what floats over the map's upper and lower edge.
    L.popup({
      minWidth: 288,
      maxWidth: 320,
      maxHeight: 380,
      autoPanPaddingTopLeft: [10, 64],
      autoPanPaddingBottomRight: [10, 64],
      offset: [0, -6],
    })
      .setLatLng([lat[assets[0]] / DEGREE, lon[assets[0]] / DEGREE])
      .setContent(content)
      .openOn(this.map);
  }

  facts(assets, position, show) {
    const { snapshot } = this;
    const { columns, words } = snapshot;
    const asset = assets[position];
    const text = (name) => snapshot.texts[name][columns[name][asset]];
    const entry = (name, list) => snapshot[list][columns[name][asset]].name;
    const condition = snapshot.conditions[columns.condition[asset]];
    const lifecycle = snapshot.lifecycles[columns.lifecycle[asset]];
    const badges = el(
      "p",
      { class: "badges" },
      el("span", { class: `badge ${condition.code}` }, el("i", {}), condition.name),
    );
    if (isOverdue(snapshot, asset)) badges.append(el("span", { class: "badge severe" }, words.overdue));
    if (lifecycle.code !== "in_use") badges.append(el("span", { class: "badge unknown" }, lifecycle.name));
    const place = [entry("street", "streets"), entry("community", "communities"), entry("road", "roads")];
    const list = el("dl", {});
    [
      [words.location, place.filter(Boolean).join(" · ")],
      [words.address, text("address")],
      [words.type, entry("type", "types")],
      [words.faces, columns.faces[asset] > 1 ? number(columns.faces[asset]) : ""],
      [words.wording, text("wording")],
      [words.themes, this.themes(text("themes"))],
      [words.inspected, dateOf(columns.inspected[asset])],
      [words.next_inspection, dateOf(columns.due[asset])],
      [words.installed, dateOf(columns.installed[asset])],
      [words.content_changed, dateOf(columns.changed[asset])],
    ].forEach(([term, value]) => {
      if (value) list.append(el("dt", {}, term), el("dd", {}, value));
    });
    const parts = [
      el("h3", {}, text("name") || words.unnamed),
      el("p", { class: "code" }, codeOf(snapshot, asset)),
      badges,
      list,
    ];
    if (assets.length > 1) parts.unshift(this.pager(assets, position, show));
    return parts;
  }

  pager(assets, position, show) {
    const { words } = this.snapshot;
    const step = (by, sign, hint) => {
      const go = (event) => {
        // The button is gone after the step; the map must not take the click for one beside the popup.
        L.DomEvent.stop(event);
        show((position + by + assets.length) % assets.length);
      };
      return el("button", { type: "button", class: "step", "aria-label": hint, onclick: go }, sign);
    };
    const where = el("span", {}, `${position + 1} / ${assets.length}`);
    const title = fill(words.same_place, { n: number(assets.length) });
    return el(
      "p",
      { class: "pager" },
      el("b", {}, title),
      step(-1, "‹", words.previous),
      where,
      step(1, "›", words.next),
    );
  }

  themes(codes) {
    const { themes } = this.snapshot;
    return codes
      ? codes
          .split(",")
          .map((code) => themes[code] || code)
          .join(", ")
      : "";
  }
}
