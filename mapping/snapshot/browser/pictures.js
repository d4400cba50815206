/**
 * What an asset and a cell look like, drawn on a canvas; the same family as the map of the product
 * (`mapping/static/mapping/js/map_images.js`). Colour = condition, shape = type; a mark beside the shape tells the
 * condition without its colour.
 */

const SHAPE_SIZE = 19;
const PICTURE_SIZE = 30;
const RING_WIDTH = 4.5;
/** Cells lie 64 px apart, so rings never touch, and a line of text fits between two rows of them. */
const RING_SMALLEST = 13;
const RING_LARGEST = 23;
const DOT_RADIUS = 4;

/** From twelve o'clock, worst first; positions in the list of conditions. */
const RING_ORDER = [5, 4, 3, 2, 1, 0];
const HOLLOW = { unknown: true, missing: true };
const MARKS = { unknown: "?", minor: "–", damaged: "/", severe: "!", missing: "×" };

class Pictures {
  /** @param {Snapshot} snapshot */
  constructor(snapshot) {
    this.snapshot = snapshot;
    /** By their shapes' names. @type {Record<string, Path2D>} */
    this.paths = {};
    /** By the names of the page's properties. @type {Record<string, string>} */
    this.colours = {};
    this.font = "sans-serif";
    /** Pictures that have been drawn, by what they depend on. @type {Map<string, any>} */
    this.drawn = new Map();
    this.readColours();
  }

  /** Colours are the custom properties of the page, so they follow a dark scheme. */
  readColours() {
    const style = getComputedStyle(document.documentElement);
    this.colours = {};
    ["paper", "ink", "ink-2", "accent"].concat(this.snapshot.conditions.map(({ code }) => code)).forEach((name) => {
      this.colours[name] = style.getPropertyValue(`--${name}`).trim();
    });
    this.font = style.getPropertyValue("--font").trim() || "sans-serif";
    this.drawn = new Map();
  }

  /** @param {string} symbol @returns {Path2D} */
  path(symbol) {
    const { symbols } = this.snapshot;
    if (!this.paths[symbol]) this.paths[symbol] = new Path2D(symbols[symbol] || symbols.sign);
    return this.paths[symbol];
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {number} x @param {number} y
   * @param {string} condition
   */
  dot(pen, x, y, condition) {
    this.stamp(pen, x, y, `dot ${condition}`, 12, (inner) => {
      inner.beginPath();
      inner.arc(6, 6, DOT_RADIUS + 1, 0, 2 * Math.PI);
      inner.fillStyle = this.colours.paper;
      inner.fill();
      inner.beginPath();
      inner.arc(6, 6, HOLLOW[condition] ? DOT_RADIUS - 1 : DOT_RADIUS, 0, 2 * Math.PI);
      inner.fillStyle = inner.strokeStyle = this.colours[condition];
      inner.lineWidth = 2;
      if (HOLLOW[condition]) inner.stroke();
      else inner.fill();
    });
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {number} x @param {number} y
   * @param {string} symbol @param {string} condition
   * @param {boolean} overdue
   */
  asset(pen, x, y, symbol, condition, overdue) {
    this.stamp(pen, x, y, `${symbol} ${condition} ${overdue}`, PICTURE_SIZE, (inner) => {
      const path = this.path(symbol);
      const margin = (PICTURE_SIZE - SHAPE_SIZE) / 2;
      inner.save();
      inner.translate(margin, margin);
      inner.scale(SHAPE_SIZE / 24, SHAPE_SIZE / 24);
      inner.lineJoin = "round";
      inner.strokeStyle = this.colours.paper;
      inner.lineWidth = 6.5;
      inner.stroke(path);
      inner.fillStyle = HOLLOW[condition] ? this.colours.paper : this.colours[condition];
      inner.fill(path, "evenodd");
      inner.strokeStyle = HOLLOW[condition] ? this.colours[condition] : this.colours.ink;
      inner.lineWidth = HOLLOW[condition] ? 2.8 : 1;
      inner.stroke(path);
      inner.restore();
      if (MARKS[condition]) this.badge(inner, 23.5, 23.5, condition);
      if (overdue) this.clock(inner, 23.5, 6.5);
    });
  }

  /** @param {CanvasRenderingContext2D} pen @param {number} x @param {number} y @param {number} n faces or neighbours */
  many(pen, x, y, n) {
    const text = n > 99 ? "99+" : String(n);
    pen.font = `700 10px ${this.font}`;
    const half = Math.max(6, pen.measureText(text).width / 2 + 2);
    pen.beginPath();
    pen.arc(x - half + 6, y, 6.5, Math.PI / 2, 1.5 * Math.PI);
    pen.arc(x + half - 6, y, 6.5, 1.5 * Math.PI, Math.PI / 2);
    pen.closePath();
    pen.fillStyle = this.colours.paper;
    pen.fill();
    pen.strokeStyle = this.colours["ink-2"];
    pen.lineWidth = 1;
    pen.stroke();
    pen.fillStyle = this.colours.ink;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(text, x, y + 0.5);
  }

  /**
   * A cell: how many in the middle, the share of each condition around it.
   * @param {CanvasRenderingContext2D} pen
   * @param {number} x @param {number} y
   * @param {ArrayLike<number>} counts by condition
   * @param {number} total
   */
  ring(pen, x, y, counts, total) {
    const { conditions } = this.snapshot;
    const radius = ringRadius(total);
    pen.beginPath();
    pen.arc(x, y, radius + 1, 0, 2 * Math.PI);
    pen.fillStyle = this.colours.paper;
    pen.fill();
    const shares = ringShares(counts, total);
    const several = shares.filter(Boolean).length > 1;
    let angle = -Math.PI / 2;
    pen.lineWidth = RING_WIDTH;
    RING_ORDER.forEach((condition) => {
      if (!shares[condition]) return;
      const end = angle + shares[condition] * 2 * Math.PI;
      const gap = several ? 0.03 : 0;
      pen.beginPath();
      pen.arc(x, y, radius - RING_WIDTH / 2, angle + gap, end - gap);
      pen.strokeStyle = this.colours[conditions[condition].code];
      pen.stroke();
      angle = end;
    });
    pen.font = `600 ${total < 1000 ? 12 : 11}px ${this.font}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillStyle = this.colours.ink;
    pen.fillText(short(total), x, y + 0.5);
  }

  /** Draws a picture once and then copies it. */
  stamp(pen, x, y, name, size, draw) {
    const ratio = Math.max(2, Math.ceil(window.devicePixelRatio || 1));
    let picture = this.drawn.get(name);
    if (!picture) {
      picture = document.createElement("canvas");
      picture.width = picture.height = size * ratio;
      const inner = picture.getContext("2d");
      inner.scale(ratio, ratio);
      draw(inner);
      this.drawn.set(name, picture);
    }
    pen.drawImage(picture, x - size / 2, y - size / 2, size, size);
  }

  badge(pen, x, y, condition) {
    pen.beginPath();
    pen.arc(x, y, 5.8, 0, 2 * Math.PI);
    pen.fillStyle = this.colours.paper;
    pen.fill();
    pen.beginPath();
    pen.arc(x, y, 4.8, 0, 2 * Math.PI);
    pen.fillStyle = this.colours[condition];
    pen.fill();
    pen.font = "700 8px sans-serif";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    // The one light colour carries dark ink, in either scheme.
    pen.fillStyle = condition === "minor" ? "#1d2733" : "#fff";
    pen.fillText(MARKS[condition], x, y + 0.5);
  }

  clock(pen, x, y) {
    pen.beginPath();
    pen.arc(x, y, 5.4, 0, 2 * Math.PI);
    pen.fillStyle = this.colours.paper;
    pen.fill();
    pen.beginPath();
    pen.arc(x, y, 4.2, 0, 2 * Math.PI);
    pen.moveTo(x, y - 2.3);
    pen.lineTo(x, y);
    pen.lineTo(x + 1.7, y + 1);
    pen.strokeStyle = this.colours.severe;
    pen.lineWidth = 1.5;
    pen.lineCap = "round";
    pen.stroke();
  }
}

/** @param {number} total @returns {number} pixels; grows with the logarithm, so that 3 and 3,000 both fit a cell */
const ringRadius = (total) => Math.min(RING_LARGEST, RING_SMALLEST + 3.2 * Math.log10(total));

/**
 * Share of the ring for each condition; one that is there at all gets a part wide enough to see.
 * @param {ArrayLike<number>} counts @param {number} total
 * @returns {number[]} 0…1, adding up to 1
 */
function ringShares(counts, total) {
  const least = 1 / 30;
  const shares = Array.from(counts, (count) => (count ? Math.max(least, count / total) : 0));
  const sum = shares.reduce((a, b) => a + b, 0);
  return shares.map((share) => share / sum);
}

/** @param {number} total @returns {string} at most five characters */
const short = (total) => (total < 10000 ? String(total) : `${Math.round(total / 1000)}k`);
