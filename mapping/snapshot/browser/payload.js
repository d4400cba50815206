/**
 * Reads what `mapping/snapshot/payload.py` packed. The page's scripts are put together into one function in the
 * order `mapping/snapshot/page.py` names, so what one file declares the next may use.
 *
 * @typedef {{code: string, name: string, symbol?: string}} Entry  something a column's positions stand for
 * @typedef {{id: number, level: string, name: string, approximate: boolean, label: number[], lines: number[][]}} Outline
 * @typedef {{name: string, approximate: boolean, lines: number[][]}} RoadLine
 * @typedef {{kind: string, name: string, lines: number[][]}} Piece  of the base map: a class's lines or rings of one name
 * @typedef {{kind: string, name: string, at: number[]}} Spot
 * @typedef {{credit: string, lines: Piece[], areas: Piece[], spots: Spot[]}} Ground
 * @typedef {object} Snapshot
 * @property {number} count  assets in the file
 * @property {Object<string, Int32Array>} columns  one number for each asset, see `mapping/snapshot/rows.py`
 * @property {Object<string, string[]>} texts  distinct texts of the columns of the same name
 * @property {Entry[]} conditions
 * @property {Entry[]} types
 * @property {Entry[]} streets  the last one may be "none": area unknown
 * @property {{name: string}[]} communities  the name is empty where an asset has none
 * @property {{name: string}[]} roads
 * @property {(Entry & {stands: boolean})[]} lifecycles
 * @property {Object<string, string>} themes
 * @property {Outline[]} outlines
 * @property {RoadLine[]} roadLines
 * @property {Ground|null} ground  the base map, where one is served
 * @property {number} today  day number on which the file was made
 * @property {Object<string, string>} symbols  path of each shape on a ground of 24 × 24
 * @property {Object<string, string>} words
 */

const DEGREE = 1e6;
const DAY = 86400000;
const DAY_ZERO = Date.UTC(1899, 11, 31);

/** @returns {Snapshot} */
function readPayload() {
  const holder = byId("snapshot-data");
  const binary = atob(holder.textContent.trim());
  const packed = new Uint8Array(binary.length);
  for (let i = 0; i < packed.length; i++) packed[i] = binary.charCodeAt(i);
  const content = inflate(packed, Number(holder.getAttribute("data-size")));
  const snapshot = JSON.parse(new TextDecoder().decode(content));
  Object.keys(snapshot.columns).forEach((name) => {
    snapshot.columns[name] = sums(snapshot.columns[name]);
  });
  return snapshot;
}

/**
 * Numbers from the differences between neighbours.
 * @param {number[]} differences
 * @returns {Int32Array}
 */
function sums(differences) {
  const numbers = new Int32Array(differences.length);
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) numbers[i] = sum += differences[i];
  return numbers;
}

/**
 * @param {number[]} line differences of longitude and latitude in turn, in millionths of a degree
 * @returns {L.LatLngTuple[]} latitude and longitude, in degrees
 */
function positionsOf(line) {
  /** @type {L.LatLngTuple[]} */
  const positions = [];
  let lon = 0;
  let lat = 0;
  for (let i = 0; i < line.length; i += 2) {
    lon += line[i];
    lat += line[i + 1];
    positions.push([lat / DEGREE, lon / DEGREE]);
  }
  return positions;
}

/**
 * @param {number} day day number, 0 for none
 * @returns {string} such as 2026-11-24, empty for none
 */
function dateOf(day) {
  return day ? new Date(DAY_ZERO + day * DAY).toISOString().slice(0, 10) : "";
}

/** @param {Snapshot} snapshot @param {number} asset @returns {string} the 17-digit component id */
function codeOf(snapshot, asset) {
  const { columns, texts } = snapshot;
  return texts.prefix[columns.prefix[asset]] + String(columns.serial[asset]).padStart(6, "0");
}

/**
 * @param {Snapshot} snapshot @param {number} asset
 * @returns {boolean} whether it stands in the street and its inspection was due before the day the file was made
 */
function isOverdue(snapshot, asset) {
  const { columns, lifecycles, today } = snapshot;
  const due = columns.due[asset];
  return due > 0 && due < today && lifecycles[columns.lifecycle[asset]].stands;
}
