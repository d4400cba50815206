/** Reading a QR code: by the browser's own detector, or by the `qr` package where there is none. */
import { there } from "web/dom";

const LONGEST_SIDE = 1600;
/** Digits of a component id at the end of whatever the plate says. */
const CODE = /(?:^|\/)(?:a\/)?([0-9]{16,17})\/?(?:[?#].*)?$/;

/** @type {Promise<(source: HTMLCanvasElement) => Promise<string|null>>|null} */
let reader = null;

/** The reader this browser can offer. */
export function readerOf() {
  reader ??= makeReader();
  return reader;
}

async function makeReader() {
  if (await hasDetector()) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (source) => (await detector.detect(source))[0]?.rawValue ?? null;
  }
  return readByPackage;
}

async function hasDetector() {
  try {
    return "BarcodeDetector" in globalThis && (await BarcodeDetector.getSupportedFormats()).includes("qr_code");
  } catch {
    return false;
  }
}

/** The slower way, which works everywhere. @param {HTMLCanvasElement} source @returns {Promise<string|null>} */
export async function readByPackage(source) {
  const { decodeQR } = await import("qr/decode.js");
  const { width, height } = source;
  const { data } = penOf(source).getImageData(0, 0, width, height);
  try {
    return decodeQR({ width, height, data });
  } catch {
    return null; // No code in this picture.
  }
}

/** @param {HTMLCanvasElement} canvas */
const penOf = (canvas) => there(canvas.getContext("2d", { willReadFrequently: true }), "The canvas");

/** In pixels; of a video those of its frames, not of its place on the page. */
const sizeOf = (picture) =>
  picture instanceof HTMLVideoElement ? { width: picture.videoWidth, height: picture.videoHeight } : picture;

/**
 * The text of the code in a picture or in a video's present frame.
 * @param {HTMLVideoElement|ImageBitmap|HTMLImageElement} picture
 * @param {HTMLCanvasElement} canvas to draw on, used again and again
 */
export async function read(picture, canvas) {
  const { width, height } = sizeOf(picture);
  if (!width || !height) return null;
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  penOf(canvas).drawImage(picture, 0, 0, canvas.width, canvas.height);
  return (await readerOf())(canvas);
}

/** The component id a plate's text ends with (`https://…/a/37010503008000001` or the digits alone), or null. */
export const codeIn = (text) => text?.trim().match(CODE)?.[1] ?? null;
