/** A ZIP file of a few files, stored as they are: JPEG does not get smaller. */

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20;
const UTF8_NAMES = 0x0800;
/** 1 January 1980, the first day ZIP knows: what matters is in ops.json. */
const NO_DATE = 0x0021;

/** @param {{name: string, bytes: Uint8Array}[]} entries @returns {Uint8Array<ArrayBuffer>} */
export function zip(entries) {
  const pieces = [];
  const directory = [];
  let offset = 0;
  for (const { name, bytes } of entries) {
    const label = new TextEncoder().encode(name);
    const about = [VERSION, UTF8_NAMES, 0, 0, NO_DATE];
    const sizes = [crc32(bytes), bytes.length, bytes.length];
    const local = header([LOCAL], about, sizes, [label.length, 0]);
    directory.push(header([CENTRAL], [VERSION, ...about], sizes, [label.length, 0, 0, 0, 0], [0, offset]), label);
    pieces.push(local, label, bytes);
    offset += local.length + label.length + bytes.length;
  }
  const length = directory.reduce((sum, piece) => sum + piece.length, 0);
  const end = header([END], [0, 0, entries.length, entries.length], [length, offset], [0]);
  return joined([...pieces, ...directory, end]);
}

/** Groups of numbers, little-endian, by turns of 4 and of 2 bytes each. */
function header(...groups) {
  const widths = groups.map((_group, index) => (index % 2 ? 2 : 4));
  const bytes = new Uint8Array(groups.reduce((sum, group, index) => sum + group.length * widths[index], 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  groups.forEach((group, index) => {
    for (const value of group) {
      if (widths[index] === 4) view.setUint32(at, value, true);
      else view.setUint16(at, value, true);
      at += widths[index];
    }
  });
  return bytes;
}

function joined(pieces) {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

const TABLE = Uint32Array.from({ length: 256 }, (_unused, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});

function crc32(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = TABLE[(value ^ byte) & 0xff] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}
