/**
 * "Download my area": fetching the pack, keeping it in step with the server, and knowing whether it is all there.
 *
 * "Ready for offline" is said only after counting: what the server said it sent, what the phone has, the thumbnails,
 * and the page itself in the cache. The base map, where it may be kept, is counted too and said apart: work goes on
 * without it.
 */
import * as basemap from "field/down/basemap";
import * as catalogue from "field/down/catalogue";
import { number, say } from "field/shell/say";
import * as server from "field/phone/server";
import * as session from "field/phone/session";
import * as store from "field/phone/store";
import * as tabs from "field/phone/tabs";
import { cachedWhole } from "field/shell/worker";

const THUMBS_AT_ONCE = 4;
/** The base map is most of what is fetched, where it is fetched. */
const PACK_BESIDE_TILES = 0.3;
/** What travels compressed unpacks to about so many times its size, and only that can be counted here. */
const UNPACKED = 6;

/**
 * @typedef {{code: string, name: string, level: string, bbox?: [number, number, number, number]|null}} ChosenArea
 * @typedef {{assets: number, jobs: number, thumbs: number, bytes: number, at: number, by: number|null,
 *   basemap?: import("field/down/basemap").Kept|null}} Readiness
 */

/** What can be downloaded, with sizes. */
export const available = async () => (await server.read("areas")).areas;

/** What this phone has. @returns {Promise<{areas: ChosenArea[], readiness: Readiness|null}>} */
export async function held() {
  const [areas, readiness] = await Promise.all([store.fact("areas"), store.fact("readiness")]);
  return { areas: areas ?? [], readiness: readiness ?? null };
}

/**
 * Fetches everything of some areas and replaces what the phone had. The outbox is not touched.
 * @param {ChosenArea[]} areas
 * @param {number} expected bytes, as `available` estimated them
 * @param {(share: number, words: string) => void} progress
 * @returns {Promise<Readiness>} when all of it has been counted
 */
export async function download(areas, expected, progress) {
  const tiles = (await basemap.isWanted()) ? basemap.tilesOver(areas) : [];
  const share = tiles?.length ? PACK_BESIDE_TILES : 1;
  const { document, bytes } = await fetchPack(areas, expected, (part, words) => progress(share * part, words));
  const kept = await fetchTiles(tiles, (part, words) => progress(share + (1 - share) * part, words));
  progress(0.99, gettext("Counting"));
  const readiness = await verify(document.counts, bytes, kept);
  progress(1, gettext("Ready for offline"));
  return readiness;
}

const codesOf = (areas) => areas.map((area) => area.code).join(",");

async function fetchPack(areas, expected, progress) {
  const codes = codesOf(areas);
  progress(0, gettext("Fetching assets and jobs"));
  const { bytes, document } = await server.readLong(`pack?areas=${codes}`, (received) =>
    progress(0.6 * Math.min(1, received / (expected * UNPACKED + 1)), gettext("Fetching assets and jobs")),
  );
  progress(0.6, gettext("Writing to the phone"));
  await keepPack(areas, document);
  await catalogue.load();
  tabs.tell("catalogue");
  await fetchThumbs((share) => progress(0.65 + 0.33 * share, gettext("Fetching photos")));
  return { bytes, document };
}

/** @param {string[]|null} tiles null when they are too many @returns {Promise<basemap.Kept|null>} null when none is wanted */
async function fetchTiles(tiles, progress) {
  if (!basemap.mayKeep) return null;
  const kept = await basemap.fetchTiles(tiles ?? [], (done, all) =>
    progress(
      done / all,
      say(gettext("Fetching the base map, %(done)s of %(all)s"), { done: number(done), all: number(all) }),
    ),
  );
  if (!tiles) return { wanted: 0, has: 0, problem: gettext("These areas are too large for it. Choose fewer.") };
  return tiles.length ? kept : null;
}

async function keepPack(areas, document) {
  await store.transaction(["assets", "jobs", "facts"], "readwrite", async (tx) => {
    const assets = tx.objectStore("assets");
    await assets.clear();
    await tx.objectStore("jobs").clear();
    for (const asset of document.assets) assets.put(asset);
    for (const job of document.jobs) tx.objectStore("jobs").put(job);
    const facts = tx.objectStore("facts");
    facts.put(areas, "areas");
    facts.put(document.lists, "lists");
    facts.put(document.places, "places");
    facts.put(document.cursor, "cursor");
    await facts.delete("readiness");
  });
}

/** Fetches the thumbnails that are missing or of another photo, and removes those of assets that are gone. */
async function fetchThumbs(progress) {
  const have = new Map((await store.all("thumbs")).map((thumb) => [thumb.uid, thumb.address]));
  const wanted = [...catalogue.assets.values()].flatMap(({ uid, photo }) => (photo ? [{ uid, address: photo }] : []));
  const missing = wanted.filter(({ uid, address }) => have.get(uid) !== address);
  const keep = new Set(wanted.map(({ uid }) => uid));
  const useless = [...have.keys()].filter((uid) => !keep.has(uid));
  await store.transaction("thumbs", "readwrite", async (tx) => {
    for (const uid of useless) await tx.objectStore("thumbs").delete(uid);
  });
  let done = 0;
  const next = async () => {
    for (let photo = missing.pop(); photo; photo = missing.pop()) {
      const picture = await server.readPicture(photo.address);
      await store.put("thumbs", { ...photo, ...(picture ?? { bytes: null }) });
      done += 1;
      progress(done / (done + missing.length));
    }
  };
  await Promise.all(Array.from({ length: THUMBS_AT_ONCE }, next));
}

/** What was counted differs from what was sent: it is not ready. */
export class Incomplete extends Error {
  constructor(what, has, wanted) {
    super(
      interpolate(
        gettext("Not complete: %(has)s of %(wanted)s %(what)s are on the phone. Download again."),
        { has, wanted, what },
        true,
      ),
    );
  }
}

async function verify(counts, bytes, kept) {
  const photos = [...catalogue.assets.values()].filter((asset) => asset.photo).length;
  const has = {
    assets: await store.count("assets"),
    jobs: await store.count("jobs"),
    thumbs: await store.count("thumbs"),
  };
  if (has.assets !== counts.assets) throw new Incomplete(gettext("assets"), has.assets, counts.assets);
  if (has.jobs !== counts.jobs) throw new Incomplete(gettext("jobs"), has.jobs, counts.jobs);
  if (has.thumbs !== photos) throw new Incomplete(gettext("photos"), has.thumbs, photos);
  const page = await cachedWhole();
  if (page.has !== page.wanted) throw new Incomplete(gettext("parts of this page"), page.has, page.wanted);
  const readiness = { ...has, bytes, basemap: kept, at: Date.now(), by: session.person()?.id ?? null };
  await store.setFact("readiness", readiness);
  return readiness;
}

/** Fetches what changed since the last time. Does nothing while no area has been downloaded. */
export async function refresh() {
  const { areas, readiness } = await held();
  if (!areas.length) return;
  const codes = codesOf(areas);
  try {
    for (let more = true; more; ) {
      const cursor = await store.fact("cursor");
      const changes = await server.read(`changes?since=${encodeURIComponent(cursor)}&areas=${codes}`);
      await apply(changes);
      more = changes.more;
    }
  } catch (error) {
    if (error.status !== 410) throw error;
    // Not the base map: nobody has asked for it now, and what was recorded waits to be sent.
    const { document, bytes } = await fetchPack(areas, 0, () => {});
    await verify(document.counts, bytes, readiness?.basemap ?? null);
    return;
  }
  await catalogue.load();
  tabs.tell("catalogue");
  await fetchThumbs(() => {});
  if (readiness) {
    const counted = { assets: catalogue.assets.size, jobs: catalogue.jobs.size, thumbs: await store.count("thumbs") };
    await store.setFact("readiness", { ...readiness, ...counted, at: Date.now() });
  }
}

/** Writes one answer of the feed; again, it changes nothing. */
async function apply(changes) {
  await store.transaction(["assets", "jobs", "facts"], "readwrite", async (tx) => {
    const assets = tx.objectStore("assets");
    for (const asset of changes.assets) await assets.put(asset);
    for (const uid of changes.gone) await assets.delete(uid);
    for (const { asset: uid, photo } of changes.photos ?? []) {
      const asset = await assets.get(uid);
      if (asset) await assets.put({ ...asset, photo });
    }
    if (changes.jobs) {
      await tx.objectStore("jobs").clear();
      for (const job of changes.jobs) await tx.objectStore("jobs").put(job);
    }
    const facts = tx.objectStore("facts");
    if (changes.lists) await facts.put(changes.lists, "lists");
    if (changes.places) await facts.put(changes.places, "places");
    await facts.put(changes.cursor, "cursor");
  });
}
