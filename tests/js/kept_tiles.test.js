import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage } from "./setup.js";

openPage({
  config: { basemap: { tiles: ["https://tiles.example.org/{z}/{x}/{y}.png"], keep: { zoom: 17 } }, ownBasemap: null },
});
const { MOST, mayKeep, tilesOver } = await import("field/down/basemap");

/** @param {...number} bbox west, south, east, north */
const over = (...bbox) => tilesOver([{ bbox: /** @type {[number, number, number, number]} */ (bbox) }]);
const levels = (tiles) => [...new Set(tiles.map((tile) => Number(tile.split("/")[0])))];

test("a street fits down to the finest level, the coarse ones first", () => {
  const tiles = over(116.97, 36.66, 116.99, 36.68);
  assert.ok(mayKeep);
  assert.deepEqual(levels(tiles), [10, 11, 12, 13, 14, 15, 16, 17]);
  assert.ok(tiles.includes("10/844/399"));
  assert.equal(new Set(tiles).size, tiles.length);
});

test("more tiles than a phone can hold are coarser, or refused", () => {
  const finest = over(115, 36, 116.2, 37.2);
  assert.ok(finest.length <= MOST);
  assert.equal(levels(finest).at(-1), 14);
  assert.equal(over(112, 34, 118, 40), null);
});

test("tiles under two areas are fetched once, and an area without outline has none", () => {
  const area = { bbox: /** @type {[number, number, number, number]} */ ([116.97, 36.66, 116.99, 36.68]) };
  assert.deepEqual(tilesOver([area, area, { bbox: null }]), tilesOver([area]));
});
