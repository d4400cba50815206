/**
 * The second queue: pictures, by their hash, in pieces, after the records that name them.
 *
 * A piece that got through is not sent again. A picture leaves the phone only when the server has answered that it has
 * all of it under that very hash.
 */
import * as outbox from "field/up/outbox";
import * as server from "field/phone/server";
import * as session from "field/phone/session";
import * as store from "field/phone/store";

/** Codes of the server's refusals that sending again cannot change. */
const NEVER = ["not_a_photo", "too_large", "wrong_size"];
const PIECE = 256 * 1024; // bytes
/** How often the server may send us back to another place in one picture before we leave it for later. */
const MOST_CORRECTIONS = 5;
/** So many pictures in a row that the server fails on: it is the server, not the pictures. */
const FAULTS_THAT_MEAN_THE_SERVER = 2;
const FIRST_WAIT = 10_000; // ms
const LONGEST_WAIT = 300_000;

/**
 * Sends every picture that is due. One that the server cannot take is put aside with the reason; the others go on.
 * @throws {server.Unreachable|server.Refused} when going on is of no use
 */
export async function sendPhotos() {
  const records = await outbox.records();
  const confirmed = new Map(records.filter((r) => r.state === "confirmed").map((r) => [r.op_id, r]));
  let faults = 0;
  for (const sha256 of await dueHashes(confirmed)) {
    const photo = await store.get("photos", sha256);
    if (!photo) continue;
    mark(photo);
    try {
      await sendOne(photo);
      await gone(photo);
      faults = 0;
    } catch (error) {
      if (!(error instanceof server.Refused) || [401, 403, 429, 503].includes(error.status)) throw error;
      await putAside(photo, error);
      if (error.status >= 500 && ++faults >= FAULTS_THAT_MEAN_THE_SERVER) throw error;
    } finally {
      mark(null);
    }
  }
}

/** Hashes only: the pictures themselves are read one at a time. */
async function dueHashes(confirmed) {
  const now = Date.now();
  const mine = session.person()?.id;
  const photos = await store.all("photos");
  return photos
    .filter((photo) => photo.user === mine && photo.state === "waiting" && photo.next_try <= now)
    .filter((photo) => photo.op_ids.some((id) => confirmed.has(id)))
    .map((photo) => photo.sha256);
}

function mark(photo) {
  outbox.sending.clear();
  for (const id of photo?.op_ids ?? []) outbox.sending.add(id);
  outbox.announce();
}

async function sendOne(photo) {
  let offset = await received(photo);
  let corrections = 0;
  while (offset < photo.size) {
    const end = Math.min(photo.size, offset + PIECE);
    try {
      const answer = await putPiece(photo, offset, end);
      if (answer.complete && answer.sha256 === photo.sha256) return;
      offset = answer.received;
    } catch (error) {
      const elsewhere = error instanceof server.Refused && error.code === "wrong_offset";
      if (!elsewhere || ++corrections > MOST_CORRECTIONS) throw error;
      offset = error.received;
    }
  }
  // All bytes are there and yet it is not complete: only the server's word ends this.
  if ((await received(photo)) < photo.size) throw new server.Refused(409, null);
}

/** How many bytes of it the server has. */
async function received(photo) {
  try {
    const answer = await server.ask(`photos/${photo.sha256}`, { method: "HEAD" });
    return Number(answer.headers.get("X-Received") ?? photo.size);
  } catch (error) {
    if (!(error instanceof server.Refused) || error.status !== 404) throw error;
    return error.received ?? 0;
  }
}

async function putPiece(photo, start, end) {
  const answer = await server.ask(`photos/${photo.sha256}`, {
    method: "PUT",
    headers: {
      "Content-Type": photo.type,
      "Content-Range": `bytes ${start}-${end - 1}/${photo.size}`,
    },
    body: photo.bytes.slice(start, end),
    patience: 60_000,
  });
  return answer.json();
}

/** The server has it: it leaves the phone, and every record that named it has one less to wait for. */
async function gone(photo) {
  await store.transaction(["records", "photos"], "readwrite", async (tx) => {
    const records = tx.objectStore("records");
    for (const id of photo.op_ids) {
      const record = await records.get(id);
      if (!record) continue;
      const photos_left = record.photos_left.filter((sha256) => sha256 !== photo.sha256);
      await records.put({ ...record, photos_left, photo_message: photos_left.length ? record.photo_message : null });
    }
    await tx.objectStore("photos").delete(photo.sha256);
  });
  outbox.announce();
}

/** Not now (its record comes first, a fault of the server, a broken piece), or never: then the record says why. */
async function putAside(photo, error) {
  const forGood = NEVER.includes(error.code);
  const tries = photo.tries + 1;
  await store.transaction(["records", "photos"], "readwrite", async (tx) => {
    await tx.objectStore("photos").put({
      ...photo,
      tries,
      state: forGood ? "attention" : "waiting",
      message: error.message,
      next_try: Date.now() + Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (tries - 1)),
    });
    if (!forGood) return;
    for (const id of photo.op_ids) {
      const record = await tx.objectStore("records").get(id);
      if (record) await tx.objectStore("records").put({ ...record, photo_message: error.message });
    }
  });
  outbox.announce();
}
