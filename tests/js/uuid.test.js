import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { uuid7 } from "field/up/uuid";

test("ids of one moment, and of a clock that goes back, sort as they were made", () => {
  mock.timers.enable({ apis: ["Date"], now: 1_764_260_000_000 });
  const made = Array.from({ length: 9000 }, () => uuid7());
  mock.timers.setTime(1_764_259_000_000);
  made.push(uuid7(), uuid7());
  mock.timers.reset();
  made.push(uuid7());
  assert.deepEqual([...made].sort(), made);
  assert.equal(new Set(made).size, made.length);
});

test("they are of version 7, with the time in front", () => {
  mock.timers.enable({ apis: ["Date"], now: 2_000_000_000_000 });
  const id = uuid7();
  mock.timers.reset();
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.ok(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16) >= 2_000_000_000_000);
});
