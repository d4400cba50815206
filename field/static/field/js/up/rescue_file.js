/** The last resort: unsent records and their pictures as one ZIP that the office can load (docs/field-sync.md). */
import * as outbox from "field/up/outbox";
import * as store from "field/phone/store";
import { zip } from "field/up/zip";

/** Makes the file and hands it to the person. @returns {Promise<{name: string, count: number}>} */
export async function exportUnsent() {
  const records = (await outbox.records()).filter((record) => !outbox.isDone(record));
  const bytes = await fileOf(records);
  const name = `tianqiao-field-${new Date().toISOString().slice(0, 16).replace(/[-:]/g, "")}.zip`;
  const address = URL.createObjectURL(new Blob([bytes], { type: "application/zip" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  return { name, count: records.length };
}

/** @param {outbox.Record[]} records @returns {Promise<Uint8Array<ArrayBuffer>>} */
export async function fileOf(records) {
  const now = outbox.withOffset(new Date());
  const contents = { exported_at: now, device_time: now, ops: records.map((record) => record.op) };
  const entries = [{ name: "ops.json", bytes: new TextEncoder().encode(JSON.stringify(contents, null, 1)) }];
  for (const sha256 of new Set(records.flatMap((record) => record.photos_left))) {
    const photo = await store.get("photos", sha256);
    if (photo) entries.push({ name: `photos/${sha256}.jpg`, bytes: new Uint8Array(photo.bytes) });
  }
  return zip(entries);
}
