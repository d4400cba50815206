/**
 * The base map without a network: the product's own, or the pictures of a map service where the office may keep them on
 * phones (BASEMAP_OFFLINE). A service that the office has named is what one sees; else one's own.
 *
 * Tiles lie in the page's own database, as ArrayBuffer like photos: what is there can be counted in the same place as
 * everything else, a full phone says the same sentence, and iOS keeps it for as long as the records. The Cache API would
 * split the room in two and keep answers that nobody has looked at. The map asks for them by a protocol of its own.
 */
import { config } from "web/config";
import { there } from "web/dom";
import { onMap } from "field/map/datum";
import * as server from "field/phone/server";
import * as store from "field/phone/store";

const service = config.basemap;
/** What a tile comes to where nothing is known of it. */
const BYTES_OF_A_TILE = 16_000;

/** One's own, where it is the one that is seen. */
export const own = service ? null : ownInLanguage();

/** Whether tiles may be kept on the phone at all. */
export const mayKeep = Boolean(service ? service.keep : own);

/** Which tiles they are: of another edition they are other tiles. @type {string|null} */
const edition = service?.tiles[0] ?? own?.tiles ?? null;

/** Above this one the district is one picture of a service's. */
const LOWEST_OF_A_SERVICE = 10;
/** Below this one it is not worth keeping. */
const COARSEST = 14;
/** About 100 MB, and what a tile server takes from one phone without a word. */
export const MOST = 6_000;
/** Of a map of streets in 256 pixels, or on average in this build of one's own; only for the estimate. */
export const tileBytes = own?.tileBytes ?? BYTES_OF_A_TILE;
const AT_ONCE = 4;
const WRITTEN_AT_ONCE = 16;
/** So many failures in a row: it is the server or the network, not the tiles. */
const FAILURES_THAT_MEAN_THE_SERVER = 8;
const PATIENCE = 15_000; // ms
/** What the base map leaves free for records and photos, in bytes. */
const ROOM_FOR_WORK = 60e6;
const SIDE = 256; // pixels
/** What addresses of one's own begin with. */
const OWN_TILES = "/basemap/";

/** @typedef {{wanted: number, has: number, problem: string|null}} Kept what of the base map is on the phone */

/** @returns {import("mapping/basemap/style").OwnBasemap & {tileBytes: number}|null} */
function ownInLanguage() {
  if (!config.ownBasemap) return null;
  const { credits, tileBytes, ...rest } = config.ownBasemap;
  return {
    ...rest,
    tileBytes: tileBytes ?? BYTES_OF_A_TILE,
    credit: credits?.[document.documentElement.lang.startsWith("zh") ? "zh-hans" : "en"] ?? "",
  };
}

/** Whether the person wants it; they do until they say no. */
export const isWanted = async () => mayKeep && (await store.fact("with basemap")) !== false;

/** @param {boolean} wanted */
export const want = (wanted) => store.setFact("with basemap", wanted);

/**
 * The tiles over some areas, down to the finest level at which they are not too many.
 * @param {{bbox?: [number, number, number, number]|null}[]} areas @returns {string[]|null} "z/x/y", the coarse ones first;
 *   null when there are too many at any level worth keeping
 */
export function tilesOver(areas) {
  const boxes = areas.flatMap(({ bbox }) => (bbox ? [corners(bbox)] : []));
  const tiles = new Set();
  const [lowest, finest] = own
    ? [own.minzoom, own.maxzoom]
    : [LOWEST_OF_A_SERVICE, service?.keep?.zoom ?? LOWEST_OF_A_SERVICE];
  for (let zoom = lowest; zoom <= finest; zoom += 1) {
    const level = levelOver(boxes, zoom, MOST - tiles.size);
    if (!level) return zoom > COARSEST ? [...tiles] : null;
    for (const tile of level) tiles.add(tile);
  }
  return [...tiles];
}

/** The north-western and the south-eastern corner, as the map shows them. */
const corners = ([west, south, east, north]) => [onMap({ lon: west, lat: north }), onMap({ lon: east, lat: south })];

/** @returns {Set<string>|null} null when there are more than `most` */
function levelOver(boxes, zoom, most) {
  const tiles = new Set();
  for (const [first, last] of boxes) {
    const [left, top] = tileAt(first, zoom);
    const [right, bottom] = tileAt(last, zoom);
    for (let x = left; x <= right; x += 1) {
      for (let y = top; y <= bottom; y += 1) {
        tiles.add(`${zoom}/${x}/${y}`);
        if (tiles.size > most) return null;
      }
    }
  }
  return tiles;
}

function tileAt([lng, lat], zoom) {
  const across = 2 ** zoom;
  const down = (1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2;
  return [Math.floor(((lng + 180) / 360) * across), Math.floor(down * across)];
}

/** Which of them are not on the phone. @param {string[]} wanted */
export async function missingOf(wanted) {
  const have = (await store.fact("basemap")) === edition ? new Set(await store.keys("tiles")) : new Set();
  return wanted.filter((tile) => !have.has(tile));
}

/**
 * Brings the phone to exactly these tiles: throws others away, fetches what is missing. A tile that cannot be had spoils
 * nothing; what is there stays, and the next time goes on from there.
 * @param {string[]} wanted @param {(done: number, all: number) => void} progress @returns {Promise<Kept>}
 */
export async function fetchTiles(wanted, progress) {
  await forgetOthers(wanted);
  const missing = await missingOf(wanted);
  const all = missing.length;
  missing.reverse();
  let [done, failures] = [0, 0];
  /** @type {string|null} */
  let problem = null;
  const unwritten = [];
  const write = async () => {
    const tiles = unwritten.splice(0);
    await checkRoom();
    await store.transaction("tiles", "readwrite", async (tx) => {
      for (const tile of tiles) await tx.objectStore("tiles").put(tile);
    });
  };
  const next = async () => {
    for (let tile = missing.pop(); tile && !problem; tile = missing.pop()) {
      const bytes = await fetchTile(tile).catch((error) => error);
      done += 1;
      progress(done, all);
      if (bytes instanceof ArrayBuffer) {
        failures = 0;
        unwritten.push({ key: tile, bytes });
        if (unwritten.length >= WRITTEN_AT_ONCE) await write();
      } else if (++failures >= FAILURES_THAT_MEAN_THE_SERVER) {
        problem ??= gettext("The base map's server does not answer.");
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, next));
    await write();
  } catch (error) {
    if (!(error instanceof store.StorageProblem)) throw error;
    missing.length = 0;
    problem = error.message;
  }
  return { wanted: wanted.length, has: await store.count("tiles"), problem };
}

/** Records and photos come before pictures of streets. @throws {store.StorageProblem} */
async function checkRoom() {
  const room = await store.room();
  if (room?.allowed && room.allowed - room.used < ROOM_FOR_WORK) throw new store.StorageProblem("full", null);
}

async function forgetOthers(wanted) {
  const keep = (await store.fact("basemap")) === edition ? new Set(wanted) : new Set();
  const useless = (await store.keys("tiles")).filter((tile) => !keep.has(tile));
  await store.transaction(["tiles", "facts"], "readwrite", async (tx) => {
    if (!keep.size) await tx.objectStore("tiles").clear();
    else for (const tile of useless) await tx.objectStore("tiles").delete(tile);
    await tx.objectStore("facts").put(edition, "basemap");
  });
}

/** What may not be kept any more, because the office has another base map now or none to keep, leaves the phone. */
export async function tidy() {
  const held = await store.fact("basemap");
  if (!held || (mayKeep && held === edition)) return;
  // An earlier build of one's own still shows the way; the next download brings the present one.
  if (own && held.startsWith(OWN_TILES)) return;
  await forgetOthers([]);
  const readiness = await store.fact("readiness");
  if (readiness) await store.setFact("readiness", { ...readiness, basemap: null });
}

async function fetchTile(tile, signal = AbortSignal.timeout(PATIENCE)) {
  const [z, x, y] = tile.split("/");
  const address = there(edition, "A base map").replace("{z}", z).replace("{x}", x).replace("{y}", y);
  if (own) return server.readTile(address, signal);
  const response = await fetch(address, { credentials: "omit", signal });
  if (!response.ok || !response.headers.get("Content-Type")?.startsWith("image/"))
    throw new Error(`${tile}: no picture`);
  return response.arrayBuffer();
}

/** A tile for the map: from the phone, else from the network, else cut out of a coarser one on the phone. */
export async function loadTile({ url }, { signal }) {
  const tile = url.slice(url.indexOf("://") + 3);
  const kept = await keptTile(tile);
  if (kept) return { data: kept.bytes };
  const stop = new AbortController();
  const tooLong = setTimeout(() => stop.abort(), PATIENCE / 2);
  signal.addEventListener("abort", () => stop.abort());
  try {
    return { data: await fetchTile(tile, stop.signal) };
  } catch (error) {
    // Of vector tiles the map itself enlarges a coarser one.
    const cut = signal.aborted || own ? null : await cutOut(tile);
    if (cut) return { data: cut };
    throw error;
  } finally {
    clearTimeout(tooLong);
  }
}

const keptTile = (tile) => store.get("tiles", tile).catch(() => null);

/** The part of the finest kept tile that lies over this one, as large as a tile. */
async function cutOut(tile) {
  const [z, x, y] = tile.split("/").map(Number);
  for (let up = 1; z - up >= LOWEST_OF_A_SERVICE; up += 1) {
    const over = await keptTile(`${z - up}/${x >> up}/${y >> up}`);
    if (!over) continue;
    const whole = await createImageBitmap(new Blob([over.bytes]));
    const part = whole.width / 2 ** up;
    const [left, top] = [(x % 2 ** up) * part, (y % 2 ** up) * part];
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [SIDE, SIDE];
    there(canvas.getContext("2d"), "The canvas").drawImage(whole, left, top, part, part, 0, 0, SIDE, SIDE);
    return createImageBitmap(canvas);
  }
  return null;
}
