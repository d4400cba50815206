import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { snapshotScripts } from "./snapshot.js";

const { LayerSelection, codeOf, dateOf, positionsOf, sums } = snapshotScripts(
  ["payload", "selection"],
  "{ LayerSelection, codeOf, dateOf, positionsOf, sums }",
);

/** A snapshot of these assets. @param {{condition: number, street: number, type: number}[]} assets */
function snapshotOf(assets) {
  const column = (name) => Int32Array.from(assets, (asset) => asset[name]);
  return {
    count: assets.length,
    conditions: Array(6).fill({}),
    streets: Array(3).fill({}),
    types: Array(4).fill({}),
    columns: { condition: column("condition"), street: column("street"), type: column("type") },
  };
}

const assets = fc.array(fc.record({ condition: fc.nat(5), street: fc.nat(2), type: fc.nat(3) }), { maxLength: 60 });
const GROUPS = /** @type {const} */ (["condition", "street", "type"]);

test("a layer counts what the other groups leave of it, whether it is on or off", () => {
  const switches = fc.array(fc.tuple(fc.constantFrom(...GROUPS), fc.nat(2)), { maxLength: 8 });
  fc.assert(
    fc.property(assets, switches, (list, turned) => {
      const selection = new LayerSelection(snapshotOf(list));
      for (const [group, layer] of turned) selection.toggle(group, layer);
      const isOn = (asset, groups) => groups.every((group) => selection.on[group][asset[group]]);
      assert.equal(selection.total, list.filter((asset) => isOn(asset, GROUPS)).length);
      assert.deepEqual(
        [...selection.shown],
        list.map((asset) => Number(isOn(asset, GROUPS))),
      );
      for (const group of GROUPS) {
        const others = GROUPS.filter((other) => other !== group);
        for (let layer = 0; layer < selection.on[group].length; layer += 1) {
          const counted = selection.countsOf(group, layer).reduce((sum, n) => sum + n, 0);
          assert.equal(counted, list.filter((asset) => asset[group] === layer && isOn(asset, others)).length);
        }
      }
    }),
  );
});

test("only one layer, and everything again", () => {
  const selection = new LayerSelection(
    snapshotOf([
      { condition: 1, street: 0, type: 0 },
      { condition: 1, street: 1, type: 0 },
    ]),
  );
  let told = 0;
  selection.onChange(() => told++);
  selection.only("street", 1);
  assert.deepEqual([...selection.shown], [0, 1]);
  selection.everything();
  assert.deepEqual([selection.total, told], [2, 2]);
});

test("numbers and lines come out of their differences, dates out of day numbers, codes out of their halves", () => {
  assert.deepEqual([...sums([5, -2, 0, 7])], [5, 3, 3, 10]);
  assert.deepEqual(positionsOf([117_000_000, 36_680_000, 1_000, -1_000]), [
    [36.68, 117],
    [36.679, 117.001],
  ]);
  assert.deepEqual([dateOf(0), dateOf(46349)], ["", "2026-11-24"]);
  const columns = { prefix: [1], serial: [42] };
  assert.equal(codeOf({ columns, texts: { prefix: ["", "37010503008"] } }, 0), "37010503008000042");
});
