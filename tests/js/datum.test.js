import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { openPage } from "./setup.js";

openPage({ config: { basemap: { tiles: [], crs: "gcj02" }, ownBasemap: null } });
const { fromMap, onMap, shapesOnMap } = await import("field/map/datum");
const { metresBetween } = await import("web/distance");

/** What Python says of the same places; tests/places/test_shifted_places.py holds it to the table. */
const PLACES = JSON.parse(readFileSync(new URL("shifted_places.json", import.meta.url), "utf-8"));

test("a place is shown where Python shows it, and what is touched is what Python finds there", () => {
  for (const { wgs84, gcj02 } of PLACES) {
    const [[lon, lat], [east, north]] = [wgs84, gcj02];
    const [x, y] = onMap({ lon, lat });
    assert.ok(metresBetween({ lon: x, lat: y }, { lon: east, lat: north }) < 0.1);
    assert.ok(metresBetween(fromMap({ lng: east, lat: north }), { lon, lat }) < 0.1);
  }
});

test("the shift is there at all, and shapes follow it", () => {
  const [[lon, lat]] = PLACES.map(({ wgs84 }) => wgs84);
  const [x, y] = onMap({ lon, lat });
  assert.ok(metresBetween({ lon, lat }, { lon: x, lat: y }) > 300);
  const point = { type: /** @type {const} */ ("Point"), coordinates: [lon, lat] };
  const feature = { type: /** @type {const} */ ("Feature"), properties: {}, geometry: point };
  const { features } = shapesOnMap({ type: "FeatureCollection", features: [feature] });
  assert.deepEqual(/** @type {GeoJSON.Point} */ (features[0].geometry).coordinates, [x, y]);
});
