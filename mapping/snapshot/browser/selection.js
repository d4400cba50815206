/** Which layers are switched on, which assets that shows, and how many each layer holds. */

const CONDITIONS = 6;

/** The groups of layers: their column in the file and what its numbers stand for. */
const GROUPS = [
  { name: "condition", entries: "conditions" },
  { name: "street", entries: "streets" },
  { name: "type", entries: "types" },
];

class LayerSelection {
  /** @param {Snapshot} snapshot */
  constructor(snapshot) {
    this.snapshot = snapshot;
    /** 1 for each asset that is shown. */
    this.shown = new Uint8Array(snapshot.count);
    /** Group → 1 for each of its layers that is on. */
    this.on = {};
    GROUPS.forEach(({ name, entries }) => {
      this.on[name] = new Uint8Array(snapshot[entries].length).fill(1);
    });
    this.listeners = [];
    /** How many assets are shown. */
    this.total = 0;
    /** Group → how many of each layer, by condition. @type {Record<string, Int32Array>} */
    this.counts = {};
    this.apply();
  }

  /** @param {() => void} listener called after every change */
  onChange(listener) {
    this.listeners.push(listener);
  }

  /** @param {string} group @param {number} layer */
  toggle(group, layer) {
    this.on[group][layer] ^= 1;
    this.changed();
  }

  /** @param {string} group @param {number} layer the one to leave on */
  only(group, layer) {
    this.on[group].fill(0)[layer] = 1;
    this.changed();
  }

  /** @param {string} group @param {boolean} on */
  all(group, on) {
    this.on[group].fill(on ? 1 : 0);
    this.changed();
  }

  everything() {
    for (const { name } of GROUPS) this.on[name].fill(1);
    this.changed();
  }

  changed() {
    this.apply();
    for (const listener of this.listeners) listener();
  }

  /**
   * Works out `shown`, `total`, and `counts`: group → layer × condition → assets. A layer's counts follow what is
   * switched in the other groups, not in its own, so that a layer that is off still says what it would bring.
   */
  apply() {
    const { columns, count } = this.snapshot;
    const { condition, street, type } = columns;
    const on = this.on;
    const counts = {};
    GROUPS.forEach(({ name }) => {
      counts[name] = new Int32Array(on[name].length * CONDITIONS);
    });
    let total = 0;
    for (let i = 0; i < count; i++) {
      const c = condition[i];
      const inCondition = on.condition[c];
      const inStreet = on.street[street[i]];
      const inType = on.type[type[i]];
      const visible = inCondition & inStreet & inType;
      this.shown[i] = visible;
      total += visible;
      if (inStreet & inType) counts.condition[c * CONDITIONS + c]++;
      if (inCondition & inType) counts.street[street[i] * CONDITIONS + c]++;
      if (inCondition & inStreet) counts.type[type[i] * CONDITIONS + c]++;
    }
    this.total = total;
    this.counts = counts;
  }

  /** @param {string} group @param {number} layer @returns {Int32Array} its assets by condition */
  countsOf(group, layer) {
    return this.counts[group].subarray(layer * CONDITIONS, (layer + 1) * CONDITIONS);
  }

  /** @returns {L.LatLngBounds|null} of all that is shown; null when nothing is */
  bounds() {
    const { lon, lat } = this.snapshot.columns;
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 0; i < this.shown.length; i++) {
      if (!this.shown[i]) continue;
      box[0] = Math.min(box[0], lat[i]);
      box[1] = Math.min(box[1], lon[i]);
      box[2] = Math.max(box[2], lat[i]);
      box[3] = Math.max(box[3], lon[i]);
    }
    if (!this.total) return null;
    return L.latLngBounds([box[0] / DEGREE, box[1] / DEGREE], [box[2] / DEGREE, box[3] / DEGREE]);
  }
}
