/**
 * Half-filled forms. A cheap phone may throw the page away while its camera is open, so every choice and every picture
 * is written down as it is made, and found again when the form opens.
 */
import * as outbox from "field/up/outbox";
import * as session from "field/phone/session";
import * as store from "field/phone/store";

/** @param {string} key @returns {Promise<any|null>} what was filled in, of this person only */
export async function find(key) {
  const draft = await store.get("drafts", key);
  return draft && draft.user === session.person()?.id ? draft.values : null;
}

/** @param {string} key @param {any} values */
export const keep = (key, values) =>
  store.put("drafts", { key, values, user: session.person()?.id ?? null, at: Date.now() });

/** Throws a form away with the pictures that were taken for it alone. @param {string} key */
export async function discard(key) {
  await store.transaction(["drafts", "photos"], "readwrite", async (tx) => {
    await tx.objectStore("drafts").delete(key);
    const photos = tx.objectStore("photos");
    for (const photo of await photos.getAll()) {
      if (photo.draft === key && !photo.op_ids.length) await photos.delete(photo.sha256);
    }
  });
  outbox.announce();
}

/** Takes one picture out of a form, and off the phone unless a record needs it. @param {string} sha256 */
export async function dropPhoto(sha256) {
  await store.transaction("photos", "readwrite", async (tx) => {
    const photo = await tx.objectStore("photos").get(sha256);
    if (photo && !photo.op_ids.length) await tx.objectStore("photos").delete(sha256);
  });
}
