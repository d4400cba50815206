/**
 * Pictures the map asks for by name, drawn when first needed: a ring for a grid cell, a symbol for an asset.
 * Names carry everything a picture depends on, so the same picture is drawn once:
 *   ring|light|17|g12|u1|m2|d1|s0|x0     radius, then the share of each condition
 *   asset|light|panel|damaged|1          shape, condition, overdue
 *   asset|light|panel|damaged|1|4        the same as the worst of four faces on one support; 0: without their number
 */
import { sprites } from "web/config";
import { element, there } from "web/dom";

const RATIO = Math.max(2, Math.ceil(globalThis.devicePixelRatio || 1));

/** Radius of the largest ring, in pixels. Cells lie at least 42 px apart (12 in a tile of 512), so rings never touch. */
export const RING_RADIUS = 19;
const RING_WIDTH = 4.5;

/** A ring is drawn to this many parts; a condition that is there at all has at least one. */
export const SHARES = 36;

/** From twelve o'clock, worst first: the eye finds the bad share of every ring at the same place. */
export const RING_ORDER = ["missing", "severe", "damaged", "minor", "good", "unknown"];

const ASSET_SIZE = 34;
const SHAPE = 21;
/** A stack: radius of its disc, width of the edge in the colour of its worst face, and the shape inside. */
const DISC = 16;
const DISC_EDGE = 2.5;
const SHAPE_IN_DISC = 16;

/** Marks beside the shape, so that condition can be told without its colour. Good has none. */
const CONDITION_MARKS = { minor: "–", damaged: "/", severe: "!", missing: "×", unknown: "?" };

/** Ink on the one light condition colour, in either scheme. */
const DARK = "#1d2733";

/** @type {Promise<Map<string, Path2D>>|null} */
let shapes = null;

/**
 * Draws the picture of that name.
 * @param {string} id
 * @param {Record<string, string>} palette colours by token name
 * @returns {Promise<{image: ImageData, pixelRatio: number}|null>}
 */
export async function drawImage(id, palette) {
  const [kind, , ...rest] = id.split("|");
  if (kind === "ring") return drawRing(Number(rest[0]), rest.slice(1).map(Number), palette);
  if (kind !== "asset") return null;
  const [symbol, condition, overdue, faces] = rest;
  const path = await shapeOf(symbol);
  return faces === undefined
    ? drawAsset(path, condition, overdue === "1", palette)
    : drawStack(path, condition, overdue === "1", Number(faces), palette);
}

/**
 * A square to draw on, and the picture that it has become.
 * @param {number} size in pixels of the page
 */
export function canvas(size) {
  const surface = new OffscreenCanvas(size * RATIO, size * RATIO);
  const pen = there(surface.getContext("2d"), "The canvas");
  pen.scale(RATIO, RATIO);
  return {
    pen,
    done: () => ({ image: pen.getImageData(0, 0, size * RATIO, size * RATIO), pixelRatio: RATIO }),
  };
}

function drawRing(radius, shares, palette) {
  const size = 2 * (radius + 1);
  const middle = size / 2;
  const { pen, done } = canvas(size);
  pen.fillStyle = palette.paper;
  pen.beginPath();
  pen.arc(middle, middle, radius + 1, 0, 2 * Math.PI);
  pen.fill();
  const sum = shares.reduce((a, b) => a + b, 0) || 1;
  const several = shares.filter(Boolean).length > 1;
  const gap = several ? 0.06 : 0;
  let angle = -Math.PI / 2;
  pen.lineWidth = RING_WIDTH;
  shares.forEach((share, index) => {
    if (!share) return;
    const end = angle + (share / sum) * 2 * Math.PI;
    pen.strokeStyle = palette[RING_ORDER[index]];
    pen.beginPath();
    pen.arc(middle, middle, radius - RING_WIDTH / 2, angle + gap / 2, end - gap / 2);
    pen.stroke();
    angle = end;
  });
  return done();
}

function drawAsset(path, condition, overdue, palette) {
  const { pen, done } = canvas(ASSET_SIZE);
  shape(pen, path, condition, SHAPE, palette);
  mark(pen, 26, 26, condition, palette);
  if (overdue) clock(pen, 26, 8, palette);
  return done();
}

/**
 * The worst of several faces on one support. Everything but the number keeps inside the disc, and the number is the
 * same for all of them, so nothing of the faces below can be seen.
 */
function drawStack(path, condition, overdue, faces, palette) {
  const { pen, done } = canvas(ASSET_SIZE);
  const middle = ASSET_SIZE / 2;
  pen.beginPath();
  pen.arc(middle, middle, DISC, 0, 2 * Math.PI);
  pen.fillStyle = palette.paper;
  pen.fill();
  pen.beginPath();
  pen.arc(middle, middle, DISC - DISC_EDGE / 2 - 0.75, 0, 2 * Math.PI);
  pen.strokeStyle = palette[condition];
  pen.lineWidth = DISC_EDGE;
  pen.stroke();
  shape(pen, path, condition, SHAPE_IN_DISC, palette);
  mark(pen, 24, 24, condition, palette);
  if (overdue) clock(pen, 24, 10, palette);
  if (faces) number(pen, faces, palette);
  return done();
}

/** The shape of a type in the middle of a picture, in the colour of a condition. */
function shape(pen, path, condition, size, palette) {
  const offset = (ASSET_SIZE - size) / 2;
  pen.save();
  pen.translate(offset, offset);
  pen.scale(size / 24, size / 24);
  pen.lineJoin = "round";
  pen.strokeStyle = palette.paper;
  pen.lineWidth = 6.5;
  pen.stroke(path);
  if (condition === "missing" || condition === "unknown") {
    // What is not there, or not known, is hollow.
    pen.fillStyle = palette.paper;
    pen.fill(path, "evenodd");
    pen.strokeStyle = palette[condition];
    pen.lineWidth = 2.8;
    pen.stroke(path);
  } else {
    pen.fillStyle = palette[condition];
    pen.fill(path, "evenodd");
    pen.strokeStyle = palette.outline;
    pen.lineWidth = 1;
    pen.stroke(path);
  }
  pen.restore();
}

function mark(pen, x, y, condition, palette) {
  const sign = CONDITION_MARKS[condition];
  if (sign) badge(pen, x, y, palette[condition], palette.paper, condition === "minor" ? DARK : "#fff", sign);
}

/** How many faces there are, at the upper left. */
function number(pen, faces, palette) {
  const text = faces > 99 ? "99+" : String(faces);
  pen.font = "700 9.5px sans-serif";
  const half = Math.max(0, pen.measureText(text).width / 2 - 2.5);
  const [x, y] = [Math.max(6.5 + half, 7), 6.5];
  pen.beginPath();
  pen.arc(x - half, y, 6, Math.PI / 2, 1.5 * Math.PI);
  pen.arc(x + half, y, 6, 1.5 * Math.PI, Math.PI / 2);
  pen.closePath();
  pen.fillStyle = palette.ink;
  pen.fill();
  pen.strokeStyle = palette.paper;
  pen.lineWidth = 1;
  pen.stroke();
  pen.fillStyle = palette.paper;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(text, x, y + 0.5);
}

function badge(pen, x, y, ground, paper, ink, sign) {
  pen.beginPath();
  pen.arc(x, y, 6, 0, 2 * Math.PI);
  pen.fillStyle = paper;
  pen.fill();
  pen.beginPath();
  pen.arc(x, y, 5, 0, 2 * Math.PI);
  pen.fillStyle = ground;
  pen.fill();
  pen.strokeStyle = ink;
  pen.fillStyle = ink;
  pen.lineWidth = 1.5;
  pen.lineCap = "round";
  pen.beginPath();
  if (sign === "–") pen.rect(x - 2, y - 0.75, 4, 1.5);
  if (sign === "/") {
    pen.moveTo(x - 1.6, y + 2);
    pen.lineTo(x + 1.6, y - 2);
  }
  if (sign === "×") {
    pen.moveTo(x - 1.8, y - 1.8);
    pen.lineTo(x + 1.8, y + 1.8);
    pen.moveTo(x + 1.8, y - 1.8);
    pen.lineTo(x - 1.8, y + 1.8);
  }
  if (sign === "!") {
    pen.moveTo(x, y - 2.6);
    pen.lineTo(x, y + 0.5);
    pen.moveTo(x, y + 2.6);
    pen.lineTo(x, y + 2.6);
  }
  if (sign === "–") pen.fill();
  else if (sign === "?") {
    pen.font = "700 8px sans-serif";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText("?", x, y + 0.5);
  } else pen.stroke();
}

function clock(pen, x, y, palette) {
  pen.beginPath();
  pen.arc(x, y, 5.6, 0, 2 * Math.PI);
  pen.fillStyle = palette.paper;
  pen.fill();
  pen.strokeStyle = palette.severe;
  pen.lineWidth = 1.5;
  pen.lineCap = "round";
  pen.beginPath();
  pen.arc(x, y, 4.4, 0, 2 * Math.PI);
  pen.moveTo(x, y - 2.4);
  pen.lineTo(x, y);
  pen.lineTo(x + 1.8, y + 1);
  pen.stroke();
}

async function shapeOf(name) {
  shapes ??= readShapes();
  const byName = await shapes;
  return byName.get(name) ?? byName.get("sign");
}

/** The very paths of the legend's symbols. */
async function readShapes() {
  const text = await (await fetch(there(sprites.symbols, "The symbols' address"))).text();
  const svg = new DOMParser().parseFromString(text, "image/svg+xml");
  return new Map(
    [...svg.querySelectorAll("symbol")].map((node) => [
      node.id,
      new Path2D(element("path", { within: node }).getAttribute("d") ?? ""),
    ]),
  );
}
