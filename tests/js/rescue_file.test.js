import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32, inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { keepPhoto, newPhone, report } from "./phone.js";

const outbox = await import("field/up/outbox");
const { fileOf } = await import("field/up/rescue_file");
const { zip } = await import("field/up/zip");

/** What a reader of ZIP finds, going by the directory at the end. @param {Uint8Array} file */
function unzipped(file) {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const end = file.length - 22;
  assert.equal(view.getUint32(end, true), 0x06054b50);
  const entries = [];
  let at = view.getUint32(end + 16, true);
  for (let n = view.getUint16(end + 10, true); n > 0; n -= 1) {
    assert.equal(view.getUint32(at, true), 0x02014b50);
    const [method, crc, packed, size] = [
      view.getUint16(at + 10, true),
      ...[16, 20, 24].map((o) => view.getUint32(at + o, true)),
    ];
    const length = view.getUint16(at + 28, true);
    const name = new TextDecoder().decode(file.subarray(at + 46, at + 46 + length));
    const local = view.getUint32(at + 42, true);
    assert.equal(view.getUint32(local, true), 0x04034b50);
    const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const stored = file.subarray(from, from + packed);
    const bytes = method === 8 ? inflateRawSync(stored) : stored;
    assert.equal(bytes.length, size);
    if (crc32) assert.equal(crc32(bytes), crc); // Since Node 20.15.
    entries.push({ name, bytes: Uint8Array.from(bytes) });
    at += 46 + length;
  }
  return entries;
}

test("whatever goes in comes out, under its name", () => {
  const entry = fc.record({
    name: fc.string({ unit: "binary", minLength: 1, maxLength: 30 }),
    bytes: fc.uint8Array({ maxLength: 300 }),
  });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 6 }), (entries) => {
      const whole = entries.map(({ name, bytes }) => ({ name, bytes: Uint8Array.from(bytes) }));
      assert.deepEqual(unzipped(zip(whole)), whole);
    }),
  );
});

test("the file holds unsent operations as they were made, and each of their pictures once", async () => {
  await newPhone();
  const [single, both] = [await keepPhoto("aa", "x"), await keepPhoto("bb", "x")];
  const made = await outbox.save([report("a", { photos: [single, both] }), report("b", { photos: [both] })]);
  const [about, ...pictures] = unzipped(await fileOf(made));
  assert.equal(about.name, "ops.json");
  assert.deepEqual(
    JSON.parse(new TextDecoder().decode(about.bytes)).ops,
    made.map(({ op }) => op),
  );
  assert.deepEqual(
    pictures.map(({ name, bytes }) => [name, new TextDecoder().decode(bytes)]),
    [
      ["photos/aa.jpg", "aa"],
      ["photos/bb.jpg", "bb"],
    ],
  );
});
