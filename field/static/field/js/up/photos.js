/** Pictures: from the camera to the phone's storage, small, upright and named by their content. */
import { there } from "web/dom";
import * as session from "field/phone/session";
import * as store from "field/phone/store";

/** The longer side, in pixels: letters on a board stay legible, and 20 pictures are about 10 MB. */
export const LONGEST_SIDE = 2048;
const QUALITY = 0.82;

/** The chosen file is no picture that this browser can read. */
export class NotAPicture extends Error {
  constructor(cause) {
    super(gettext("This file is not a picture that the phone can read. Take the photo again."));
    this.cause = cause;
  }
}

/**
 * Shrinks a picture and writes it to the phone's storage.
 * @param {Blob} file as the camera made it
 * @param {string} draft the key of the form it was taken for
 * @param {string} role "before", "after" or "condition"
 * @returns {Promise<import("field/up/outbox").PhotoNote>}
 * @throws {NotAPicture|store.StorageProblem}
 */
export async function take(file, draft, role) {
  const bytes = await shrink(file);
  const sha256 = await digestOf(bytes);
  const taken_at = new Date().toISOString();
  const note = { sha256, size: bytes.byteLength, type: "image/jpeg", taken_at, role };
  await store.transaction("photos", "readwrite", async (tx) => {
    const existing = await tx.objectStore("photos").get(sha256);
    if (existing) return;
    await tx.objectStore("photos").put({
      sha256,
      bytes,
      size: bytes.byteLength,
      type: "image/jpeg",
      taken_at,
      user: session.person()?.id ?? null,
      op_ids: [],
      draft,
      state: "waiting",
      message: null,
      tries: 0,
      next_try: 0,
    });
  });
  return note;
}

/**
 * A JPEG of at most LONGEST_SIDE, turned upright; what the camera wrote about place and device is gone.
 * @param {Blob} file @returns {Promise<ArrayBuffer>}
 */
export async function shrink(file) {
  const picture = await decode(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = there(canvas.getContext("2d"), "The canvas");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  if (picture instanceof ImageBitmap) picture.close();
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  if (!blob) throw new NotAPicture(null);
  return blob.arrayBuffer();
}

/** Decoded and upright: by the quick way, or by an <img>, which reads what the quick way of some browsers does not. */
async function decode(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return decodeByElement(file);
  }
}

async function decodeByElement(file) {
  const address = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    return image;
  } catch (error) {
    throw new NotAPicture(error);
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** @param {ArrayBuffer} bytes @returns {Promise<string>} SHA-256 in hexadecimal */
export async function digestOf(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** An address to show a kept picture by, or null when it has gone to the server. Revoke it when done. */
export async function addressOf(sha256) {
  const photo = await store.get("photos", sha256);
  return photo ? URL.createObjectURL(new Blob([photo.bytes], { type: photo.type })) : null;
}
