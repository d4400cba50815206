/**
 * The pictures of cases on the map: the shape says what puts a case right, colour and sign say its lamp.
 * Names carry what a picture depends on: case|light|clean|red|1 (scheme, shape, lamp, urgent).
 */
import { canvas } from "mapping/map_images";

const SIZE = 30;
const RADIUS = 10;

/** Beside the colour a lamp has a sign, so that it can be told without it. */
const SIGNS = { red: "!", amber: "–", green: "", held: "‖", none: "" };

/** Corners of each shape, by angle in turns from twelve o'clock; a circle has none. @type {Record<string, number[]>} */
const CORNERS = {
  clean: [],
  repair: [0.125, 0.375, 0.625, 0.875],
  replace_content: [0, 1 / 3, 2 / 3],
  remove: [0, 0.2, 0.4, 0.6, 0.8],
  other: [0, 0.25, 0.5, 0.75],
};

/** The lamps' colours at this moment. @returns {Record<string, string>} */
export function lampColours() {
  const tokens = getComputedStyle(document.documentElement);
  const token = (/** @type {string} */ name) => tokens.getPropertyValue(name).trim();
  return {
    red: token("--lamp-red"),
    amber: token("--lamp-amber"),
    green: token("--lamp-green"),
    held: token("--lamp-held"),
    none: token("--ink-3"),
    paper: token("--paper"),
    ink: token("--ink"),
  };
}

/**
 * Draws the picture of a name; null where the name is none of a case's.
 * @param {string} id
 * @param {Record<string, string>} colours
 * @returns {{image: ImageData, pixelRatio: number}|null}
 */
export function drawCase(id, colours) {
  const [kind, , shape, lamp, urgent] = id.split("|");
  if (kind !== "case") return null;
  const { pen, done } = canvas(SIZE);
  const path = outline(shape);
  pen.lineJoin = "round";
  pen.strokeStyle = colours.paper;
  pen.lineWidth = 5;
  pen.stroke(path);
  const hollow = lamp === "held" || lamp === "none";
  pen.fillStyle = hollow ? colours.paper : colours[lamp];
  pen.fill(path);
  pen.strokeStyle = hollow ? colours[lamp] : urgent === "1" ? colours.ink : colours[lamp];
  pen.lineWidth = urgent === "1" ? 2.5 : 2;
  pen.stroke(path);
  if (SIGNS[lamp]) {
    pen.font = "700 12px system-ui, sans-serif";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillStyle = hollow ? colours[lamp] : colours.paper;
    pen.fillText(SIGNS[lamp], SIZE / 2, SIZE / 2 + (shape === "replace_content" ? 2 : 0.5));
  }
  return done();
}

/** @param {string} shape */
function outline(shape) {
  const path = new Path2D();
  const middle = SIZE / 2;
  const corners = CORNERS[shape] ?? CORNERS.other;
  if (!corners.length) path.arc(middle, middle, RADIUS - 1, 0, 2 * Math.PI);
  for (const [place, turn] of corners.entries()) {
    const angle = 2 * Math.PI * (turn - 0.25);
    const x = middle + RADIUS * Math.cos(angle);
    const y = middle + RADIUS * Math.sin(angle);
    if (place) path.lineTo(x, y);
    else path.moveTo(x, y);
  }
  path.closePath();
  return path;
}
