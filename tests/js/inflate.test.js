import assert from "node:assert/strict";
import { test } from "node:test";
import { constants, deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { snapshotScripts } from "./snapshot.js";

const { inflate } = snapshotScripts(["inflate"], "{ inflate }");
const LEVELS = [0, 1, 6, 9];

/** @param {Uint8Array} content @param {number} level @param {number} [strategy] */
const deflate = (content, level, strategy = constants.Z_DEFAULT_STRATEGY) =>
  Uint8Array.from(deflateRawSync(content, { level, strategy }));

test("what zlib packs the page unpacks", () => {
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc
      .string({ unit: fc.constantFrom(..."天桥区公益广告ab,0-"), maxLength: 400 })
      .map((text) => new TextEncoder().encode(text)),
    fc
      .tuple(fc.uint8Array({ maxLength: 40 }), fc.nat(3000))
      .map(([part, times]) => Uint8Array.from(Buffer.concat(Array(times).fill(part)))),
  );
  const strategy = fc.constantFrom(
    constants.Z_DEFAULT_STRATEGY,
    constants.Z_FIXED,
    constants.Z_HUFFMAN_ONLY,
    constants.Z_RLE,
  );
  fc.assert(
    fc.property(content, fc.constantFrom(...LEVELS), strategy, (bytes, level, how) => {
      assert.deepEqual(Buffer.from(inflate(deflate(bytes, level, how), bytes.length)), Buffer.from(bytes));
    }),
    { numRuns: 200 },
  );
});

test("blocks of every kind follow each other", () => {
  const bytes = Buffer.concat([
    ...Array(600).fill(Buffer.from(Array.from({ length: 256 }, (_none, n) => n))),
    Buffer.from("0,1,1,1,".repeat(40_000)),
  ]);
  for (const level of LEVELS) assert.ok(Buffer.from(inflate(deflate(bytes, level), bytes.length)).equals(bytes));
});

for (const cut of [5, 12, 20]) {
  test(`data that ends ${cut} bytes early is an error and no endless loop`, () => {
    const packed = deflate(new TextEncoder().encode("0,1,1,2,3,5,8,".repeat(50)), 6);
    assert.throws(() => inflate(packed.subarray(0, -cut), 14 * 50), /packed data/);
  });
}

test("noise ends too", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
      let bytes = null;
      try {
        bytes = inflate(noise, 500);
      } catch (error) {
        assert.ok(error instanceof Error);
      }
      if (bytes) assert.equal(bytes.length, 500);
    }),
    { numRuns: 500 },
  );
});
