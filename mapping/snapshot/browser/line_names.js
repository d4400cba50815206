/**
 * The names along roads, rivers and rails, and those of stations: drawn letter by letter on one canvas over the base
 * map and under the assets. What matters most is written first, and a name that finds no room is left for a closer zoom.
 */

/** Class → from which zoom on it is named, and in which colour of tokens.css. */
const NAMED_FROM = {
  motorway: 12,
  trunk: 12,
  river: 11,
  primary: 13,
  secondary: 13,
  tertiary: 14,
  canal: 14,
  street: 15,
};
const WATERS = ["river", "canal", "water"];
const LETTERS = 12;
/** Pixels between two writings of one name, and on both sides of the text along its line. */
const AGAIN_AFTER = 300;
const ROOM = 14;
/** A line that bends more than this between two letters (radians) carries no name there. */
const SHARPEST = 0.6;
/** Steeper than this, Chinese letters stand upright one below the other, as on a road sign. */
const STEEP = 1.0;
const HAN = /^[\u3000-\u9fff\uff00-\uffef]+$/;
/** Letters keep to squares of this many pixels, so that no two are written over each other. */
const SQUARE = 9;
/** The canvas is larger than the map by this share on each side, so that little is bare while one drags. */
const SPARE = 0.25;

/**
 * @typedef {{kind: string, name: string, x: Float64Array, y: Float64Array, box: number[]}} NamedLine positions in
 *   pixels at zoom 0
 * @typedef {L.Layer & {write: () => void}} Names
 */
const LineNames =
  /** @type {new (named: {kind: string, name: string, lines: number[][]}[], spots: Spot[]) => Names} */ (
    L.Layer.extend({
      /** @param {{kind: string, name: string, lines: number[][]}[]} named those that matter most first @param {Spot[]} spots */
      initialize(named, spots) {
        this.lines = [];
        named.forEach(({ kind, name, lines }) => {
          if (name && NAMED_FROM[kind])
            this.lines.push(...lines.map((line) => namedLine(kind, name, positionsOf(line))));
        });
        this.spots = spots;
        this.canvas = L.DomUtil.create("canvas", "leaflet-zoom-hide");
        this.canvas.setAttribute("aria-hidden", "true");
      },

      onAdd(map) {
        map.getPane("line-names").append(this.canvas);
        map.on("moveend resize", this.write, this);
        this.write();
      },

      onRemove(map) {
        map.off("moveend resize", this.write, this);
        this.canvas.remove();
      },

      /** Writes everything anew for what the map shows now. */
      write() {
        const map = this._map;
        if (!map) return;
        const zoom = map.getZoom();
        const size = map.getSize();
        const spare = size.multiplyBy(SPARE).round();
        const ratio = window.devicePixelRatio || 1;
        const width = size.x + 2 * spare.x;
        const height = size.y + 2 * spare.y;
        this.canvas.width = width * ratio;
        this.canvas.height = height * ratio;
        this.canvas.style.width = `${width}px`;
        this.canvas.style.height = `${height}px`;
        L.DomUtil.setPosition(this.canvas, map.containerPointToLayerPoint(spare.multiplyBy(-1)));

        const style = getComputedStyle(document.documentElement);
        const colour = (token) => style.getPropertyValue(`--${token}`).trim();
        const pen = this.canvas.getContext("2d");
        pen.scale(ratio, ratio);
        pen.font = `${LETTERS}px ${colour("font") || "sans-serif"}`;
        pen.textAlign = "center";
        pen.textBaseline = "middle";
        pen.lineJoin = "round";
        pen.lineWidth = 3;

        const corner = map.getPixelBounds().min.subtract(spare);
        const view = { corner, width, height, scale: 2 ** zoom };
        const taken = new Set();
        const written = new Map();
        this.spots.forEach((spot) => {
          if (zoom < SPOTS_FROM[spot.kind]) return;
          const at = map.project([spot.at[1], spot.at[0]], zoom).subtract(corner);
          pen.strokeStyle = colour("map-ground");
          pen.fillStyle = colour("map-rail");
          writeSpot(pen, spot.name, at, taken);
        });
        this.lines.forEach((line) => {
          if (zoom < NAMED_FROM[line.kind]) return;
          pen.strokeStyle = colour(WATERS.includes(line.kind) ? "map-water" : "map-road");
          pen.fillStyle = colour(WATERS.includes(line.kind) ? "map-water-ink" : "ink-2");
          for (const run of runsInView(line, view)) writeAlong(pen, line.name, run, taken, written);
        });
      },
    })
  );

/** @param {string} kind @param {string} name @param {L.LatLngTuple[]} positions @returns {NamedLine} */
function namedLine(kind, name, positions) {
  const points = positions.map((position) => L.CRS.EPSG3857.latLngToPoint(L.latLng(position), 0));
  const x = Float64Array.from(points, (point) => point.x);
  const y = Float64Array.from(points, (point) => point.y);
  return { kind, name, x, y, box: [Math.min(...x), Math.min(...y), Math.max(...x), Math.max(...y)] };
}

/**
 * The parts of a line that the canvas shows.
 * @param {NamedLine} line @param {{corner: L.Point, width: number, height: number, scale: number}} view
 * @returns {L.Point[][]} in pixels of the canvas
 */
function runsInView({ x, y, box }, { corner, width, height, scale }) {
  const [west, north, east, south] = box;
  if (east * scale < corner.x || west * scale > corner.x + width) return [];
  if (south * scale < corner.y || north * scale > corner.y + height) return [];
  const bounds = L.bounds(L.point(0, 0), L.point(width, height));
  const runs = [];
  let run = [];
  for (let k = 0; k + 1 < x.length; k++) {
    const from = L.point(x[k] * scale - corner.x, y[k] * scale - corner.y);
    const to = L.point(x[k + 1] * scale - corner.x, y[k + 1] * scale - corner.y);
    const inside = L.LineUtil.clipSegment(from, to, bounds, false);
    if (!inside) continue;
    const [start, end] = inside;
    const last = run[run.length - 1];
    if (!last || last.distanceTo(start) > 0.5) {
      run = [start];
      runs.push(run);
    }
    run.push(end);
  }
  return runs;
}

/** Writes a name along a line as often as it has room. */
function writeAlong(pen, name, run, taken, written) {
  const letters = Array.from(name);
  const widths = letters.map((letter) => pen.measureText(letter).width + 1);
  const length = widths.reduce((a, b) => a + b, 0);
  const lengths = [0];
  for (let k = 1; k < run.length; k++) lengths.push(lengths[k - 1] + run[k - 1].distanceTo(run[k]));
  const whole = lengths[lengths.length - 1];
  if (whole < length + 2 * ROOM) return;
  const times = Math.max(1, Math.floor(whole / (length + AGAIN_AFTER)));
  const others = written.get(name) || [];
  written.set(name, others);
  for (let n = 0; n < times; n++) {
    const middle = ((n + 0.5) * whole) / times;
    // Beside a bend or another name there may be room.
    for (const shift of [0, 60, -60, 120, -120]) {
      const start = middle + shift - length / 2;
      if (start < ROOM || start + length > whole - ROOM) continue;
      const placed = lettersAlong(run, lengths, start, widths, HAN.test(name));
      if (!placed) continue;
      const centre = placed[letters.length >> 1];
      if (others.some((other) => Math.hypot(other.x - centre.x, other.y - centre.y) < AGAIN_AFTER / 2)) continue;
      if (!take(taken, placed)) continue;
      others.push(centre);
      writeLetters(pen, letters, placed);
      break;
    }
  }
}

/**
 * @param {L.Point[]} run @param {number[]} lengths along it up to each point @param {number} start
 * @param {number[]} widths of the letters @param {boolean} isHan
 * @returns {{x: number, y: number, angle: number}[]|null} a place for each letter; null where the line bends too much
 */
function lettersAlong(run, lengths, start, widths, isHan) {
  const total = widths.reduce((a, b) => a + b, 0);
  const first = pointAt(run, lengths, start);
  const last = pointAt(run, lengths, start + total);
  const slope = Math.atan2(last.y - first.y, last.x - first.x);
  const upright = isHan && Math.abs(Math.abs(slope) - Math.PI / 2) < Math.PI / 2 - STEEP;
  // From left to right, and upright letters from above to below.
  const backwards = upright ? last.y < first.y : last.x < first.x;
  const placed = [];
  /** @type {number|null} */
  let before = null;
  let passed = 0;
  for (const width of widths) {
    const along = backwards ? start + total - passed - width / 2 : start + passed + width / 2;
    const here = pointAt(run, lengths, along);
    const direction = here.angle + (backwards ? Math.PI : 0);
    if (before !== null && Math.abs(turnBetween(before, direction)) > SHARPEST) return null;
    placed.push({ x: here.x, y: here.y, angle: upright ? direction - Math.PI / 2 : direction });
    before = direction;
    passed += width;
  }
  return placed;
}

/** @param {number} before @param {number} after radians @returns {number} from −π to π */
const turnBetween = (before, after) => Math.atan2(Math.sin(after - before), Math.cos(after - before));

/** The point so far along a line, and the line's direction there. */
function pointAt(run, lengths, along) {
  let k = 1;
  while (k < run.length - 1 && lengths[k] < along) k++;
  const from = run[k - 1];
  const to = run[k];
  const share = (along - lengths[k - 1]) / (lengths[k] - lengths[k - 1] || 1);
  return {
    x: from.x + (to.x - from.x) * share,
    y: from.y + (to.y - from.y) * share,
    angle: Math.atan2(to.y - from.y, to.x - from.x),
  };
}

/** Takes the squares under some letters. @returns {boolean} whether they were free */
function take(taken, placed) {
  const squares = new Set();
  placed.forEach(({ x, y }) => {
    for (const across of [-5, 5]) {
      for (const down of [-5, 5]) {
        squares.add(`${Math.floor((x + across) / SQUARE)} ${Math.floor((y + down) / SQUARE)}`);
      }
    }
  });
  for (const square of squares) if (taken.has(square)) return false;
  for (const square of squares) taken.add(square);
  return true;
}

function writeLetters(pen, letters, placed) {
  for (const outline of [true, false]) {
    letters.forEach((letter, k) => {
      const { x, y, angle } = placed[k];
      pen.save();
      pen.translate(x, y);
      pen.rotate(angle);
      if (outline) pen.strokeText(letter, 0, 0);
      else pen.fillText(letter, 0, 0);
      pen.restore();
    });
  }
}

/** A station: a square on the ground and its name below. */
function writeSpot(pen, name, at, taken) {
  const letters = Array.from(name);
  const step = pen.measureText(name).width / letters.length;
  const places = letters.map((_letter, k) => ({ x: at.x + (k + 0.5 - letters.length / 2) * step, y: at.y + 12 }));
  if (!take(taken, places.concat([{ x: at.x, y: at.y }]))) return;
  pen.strokeRect(at.x - 3, at.y - 3, 6, 6);
  pen.fillRect(at.x - 3, at.y - 3, 6, 6);
  pen.strokeText(name, at.x, at.y + 12);
  pen.fillText(name, at.x, at.y + 12);
}
