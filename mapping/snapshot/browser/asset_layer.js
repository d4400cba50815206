/**
 * The assets on the map: a Leaflet grid layer whose tiles are canvases. Zoomed out they show cells with counts, then
 * dots, then a symbol for each asset. One marker an asset would be 51,000 elements of the page; a canvas has none.
 */

const CELL = 64;
const TILE = 256;
/** Zoom from which each asset has its symbol, whatever their number. */
const SYMBOL_ZOOM = 16;
const DOT_ZOOM = 15;
/** With so few shown, cells would hide more than they tell. */
const FEW_FOR_SYMBOLS = 250;
const FEW_FOR_DOTS = 1500;
/** A symbol reaches this far over its tile's edge, in pixels. */
const REACH = 16;

/**
 * What other files ask of the layer.
 * @typedef {L.GridLayer & {repaint: () => void, at: (asset: number) => number[],
 *   under: (position: L.LatLng, zoom: number, reach: number) => {cell: boolean, assets: number[]}}} Assets
 * @typedef {new (snapshot: Snapshot, selection: LayerSelection, pictures: Pictures) => Assets} AssetLayerClass
 */
const AssetLayer = /** @type {AssetLayerClass} */ (
  L.GridLayer.extend({
    options: { tileSize: TILE, minZoom: 1, keepBuffer: 1, updateWhenIdle: false, noWrap: true, pane: "assets" },

    /** @param {Snapshot} snapshot @param {LayerSelection} selection @param {Pictures} pictures */
    initialize(snapshot, selection, pictures) {
      this.snapshot = snapshot;
      this.selection = selection;
      this.pictures = pictures;
      this.live = new Map();
      this.cells = { zoom: null };
      this.project();
      this.on("tileunload", ({ coords }) => this.live.delete(keyOf(coords)));
    },

    /** Web Mercator position of every asset in pixels at zoom 0, and the order of drawing: the worst last, on top. */
    project() {
      const { count, columns } = this.snapshot;
      this.x = new Float64Array(count);
      this.y = new Float64Array(count);
      for (let i = 0; i < count; i++) {
        const sine = Math.sin((columns.lat[i] / DEGREE) * (Math.PI / 180));
        this.x[i] = TILE * (0.5 + columns.lon[i] / DEGREE / 360);
        this.y[i] = TILE * (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI));
      }
      const starts = new Int32Array(CONDITIONS + 1);
      for (let i = 0; i < count; i++) starts[columns.condition[i] + 1]++;
      for (let c = 0; c < CONDITIONS; c++) starts[c + 1] += starts[c];
      this.order = new Int32Array(count);
      for (let i = 0; i < count; i++) this.order[starts[columns.condition[i]]++] = i;
    },

    /** @param {number} zoom @returns {"cells"|"dots"|"symbols"} */
    modeAt(zoom) {
      const { total } = this.selection;
      if (zoom >= SYMBOL_ZOOM || total <= FEW_FOR_SYMBOLS) return "symbols";
      if (zoom >= DOT_ZOOM || total <= FEW_FOR_DOTS) return "dots";
      return "cells";
    },

    createTile(coords) {
      const tile = document.createElement("canvas");
      const ratio = window.devicePixelRatio || 1;
      tile.width = tile.height = Math.ceil(TILE * ratio);
      this.live.set(keyOf(coords), { tile, coords });
      this.paint(tile, coords);
      return tile;
    },

    /** Paints what is on the map anew, after a layer was switched. */
    repaint() {
      this.cells = { zoom: null };
      for (const { tile, coords } of this.live.values()) this.paint(tile, coords);
    },

    paint(tile, coords) {
      const pen = tile.getContext("2d");
      const ratio = tile.width / TILE;
      pen.setTransform(1, 0, 0, 1, 0, 0);
      pen.clearRect(0, 0, tile.width, tile.height);
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      const mode = this.modeAt(coords.z);
      if (mode === "cells") this.paintCells(pen, coords);
      else this.paintAssets(pen, coords, mode === "symbols");
    },

    paintCells(pen, coords) {
      const across = TILE / CELL;
      for (let row = 0; row < across; row++) {
        for (let column = 0; column < across; column++) {
          const cell = this.cellAt(coords.z, coords.x * across + column, coords.y * across + row);
          if (cell) this.pictures.ring(pen, (column + 0.5) * CELL, (row + 0.5) * CELL, cell.counts, cell.total);
        }
      }
    },

    paintAssets(pen, coords, symbols) {
      const { columns, conditions, types } = this.snapshot;
      const scale = 2 ** coords.z;
      const west = (coords.x * TILE - REACH) / scale;
      const east = ((coords.x + 1) * TILE + REACH) / scale;
      const north = (coords.y * TILE - REACH) / scale;
      const south = ((coords.y + 1) * TILE + REACH) / scale;
      const { shown } = this.selection;
      const places = new Map();
      for (let k = 0; k < this.order.length; k++) {
        const i = this.order[k];
        if (!shown[i] || this.x[i] < west || this.x[i] > east || this.y[i] < north || this.y[i] > south) continue;
        const x = this.x[i] * scale - coords.x * TILE;
        const y = this.y[i] * scale - coords.y * TILE;
        const condition = conditions[columns.condition[i]].code;
        if (symbols) {
          this.pictures.asset(pen, x, y, types[columns.type[i]].symbol, condition, isOverdue(this.snapshot, i));
          const place = `${columns.lon[i]} ${columns.lat[i]}`;
          const drawn = places.get(place);
          if (drawn) drawn.n++;
          else places.set(place, { x, y, n: 1 });
        } else this.pictures.dot(pen, x, y, condition);
      }
      places.forEach(({ x, y, n }) => {
        if (n > 1) this.pictures.many(pen, x - 9, y - 9, n);
      });
    },

    /**
     * @param {number} zoom
     * @param {number} column @param {number} row of the cell, counted over the whole world
     * @returns {{total: number, counts: Int32Array}|undefined}
     */
    cellAt(zoom, column, row) {
      if (this.cells.zoom !== zoom) this.cells = { zoom, byKey: this.gather(zoom) };
      return this.cells.byKey.get(column * 2 ** 24 + row);
    },

    gather(zoom) {
      const { condition } = this.snapshot.columns;
      const { shown } = this.selection;
      const perCell = 2 ** zoom / CELL;
      const cells = new Map();
      for (let i = 0; i < shown.length; i++) {
        if (!shown[i]) continue;
        const key = Math.floor(this.x[i] * perCell) * 2 ** 24 + Math.floor(this.y[i] * perCell);
        let cell = cells.get(key);
        if (!cell) {
          cell = { total: 0, counts: new Int32Array(CONDITIONS) };
          cells.set(key, cell);
        }
        cell.total++;
        cell.counts[condition[i]]++;
      }
      return cells;
    },

    /**
     * What lies under a place on the map.
     * @param {L.LatLng} position @param {number} zoom @param {number} reach pixels
     * @returns {{cell: boolean, assets: number[]}} on a ring the assets of its cell; else the nearest asset
     *   and all that share its position
     */
    under(position, zoom, reach) {
      const scale = 2 ** zoom;
      const at = L.CRS.EPSG3857.latLngToPoint(position, zoom);
      const { shown } = this.selection;
      const assets = [];
      if (this.modeAt(zoom) === "cells") {
        const column = Math.floor(at.x / CELL);
        const row = Math.floor(at.y / CELL);
        const cell = this.cellAt(zoom, column, row);
        const away = Math.hypot(at.x - (column + 0.5) * CELL, at.y - (row + 0.5) * CELL);
        if (!cell || away > ringRadius(cell.total) + 4) return { cell: false, assets };
        for (let i = 0; i < shown.length; i++) {
          if (!shown[i]) continue;
          const inside =
            Math.floor((this.x[i] * scale) / CELL) === column && Math.floor((this.y[i] * scale) / CELL) === row;
          if (inside) assets.push(i);
        }
        return { cell: true, assets };
      }
      let nearest = -1;
      let distance = reach;
      // From the top: of two that are equally near, the one that is seen.
      for (let k = this.order.length - 1; k >= 0; k--) {
        const i = this.order[k];
        if (!shown[i]) continue;
        const away = Math.hypot(this.x[i] * scale - at.x, this.y[i] * scale - at.y);
        if (away < distance) {
          distance = away;
          nearest = i;
        }
      }
      return { cell: false, assets: nearest < 0 ? assets : this.at(nearest) };
    },

    /** @param {number} asset @returns {number[]} it and every other shown one at the same position, it first */
    at(asset) {
      const { lon, lat } = this.snapshot.columns;
      const { shown } = this.selection;
      const found = [asset];
      for (let i = 0; i < shown.length; i++) {
        if (i !== asset && shown[i] && lon[i] === lon[asset] && lat[i] === lat[asset]) found.push(i);
      }
      return found;
    },
  })
);

const keyOf = ({ x, y, z }) => `${z}/${x}/${y}`;
