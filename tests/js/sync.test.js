import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import fc from "fast-check";
import { CREW, newPhone, report, serve } from "./phone.js";

const outbox = await import("field/up/outbox");
const session = await import("field/phone/session");
const store = await import("field/phone/store");
const sync = await import("field/up/sync");

beforeEach(async () => {
  await newPhone();
  Object.assign(sync.status, { problem: null, message: null, failures: 0, notBefore: 0 });
});

const PLACE = { lon: 117, lat: 36.68 };
const applied = ({ ops }) => ops.map(({ op_id }) => ({ op_id, status: "applied" }));
const answered = (results) => ({ body: { server_time: new Date().toISOString(), results } });
const states = async () => Object.fromEntries((await outbox.records()).map(({ op, state }) => [op.asset, state]));

test("what belongs to an asset made here waits until the asset is on its way", async () => {
  const made = await outbox.save([
    report("new", { kind: "create", fields: { position: PLACE } }),
    report("new"),
    report("old"),
  ]);
  const due = (records) => sync.dueOf(records, Date.now()).map(({ op }) => [op.kind, op.asset]);
  assert.deepEqual(due(made), [
    ["create", "new"],
    ["inspect", "new"],
    ["inspect", "old"],
  ]);
  const [create, ...rest] = made;
  const late = { ...create, next_try: Date.now() + 1e6 };
  assert.deepEqual(due([late, ...rest]), [["inspect", "old"]]);
  const refused = { ...create, state: /** @type {const} */ ("attention") };
  assert.deepEqual(due([refused, ...rest]), [["inspect", "old"]]);
  const there = { ...create, state: /** @type {const} */ ("confirmed") };
  assert.deepEqual(due([there, ...rest]), [
    ["inspect", "new"],
    ["inspect", "old"],
  ]);
});

test("records of somebody else on this phone are not sent", async () => {
  const [record] = await outbox.save([report("a")]);
  assert.deepEqual(sync.dueOf([{ ...record, user: CREW.id + 1 }], Date.now()), []);
});

test("the server's word decides what becomes of a record", async () => {
  const [record] = await outbox.save([report("a")]);
  const after = (result) => sync.afterResult(record, result);
  assert.equal(after({ status: "applied" }).state, "confirmed");
  assert.equal(after({ status: "conflict", message: "held" }).state, "confirmed");
  assert.deepEqual(
    (({ state, reason, message }) => ({ state, reason, message }))(
      after({ status: "rejected", reason: "gone", message: "No." }),
    ),
    { state: "attention", reason: "gone", message: "No." },
  );
  assert.equal(after({ status: "duplicate", first: { status: "rejected" } }).state, "attention");
  assert.equal(after({ status: "duplicate", first: { status: "merged" } }).state, "confirmed");
  for (const unsaid of [undefined, { status: "later", message: "Busy." }]) {
    const later = after(unsaid);
    assert.deepEqual([later.state, later.tries], ["waiting", 1]);
    assert.ok(later.next_try > Date.now());
  }
});

test("each failure waits longer, up to a limit, and never not at all", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), (tries) => {
      const wait = sync.pause(tries);
      assert.ok(wait >= 3_750 && wait <= 375_000);
      if (tries > 8) assert.ok(wait >= 225_000);
    }),
  );
});

test("everything is sent in the order it was made, fifty at a time", async () => {
  await outbox.save(Array.from({ length: 120 }, (_none, n) => report(`a${n}`)));
  const asked = serve(({ body }) => answered(applied(body)));
  await sync.send();
  const batches = asked.filter(({ path }) => path.endsWith("/sync")).map(({ body }) => body.ops);
  assert.deepEqual(
    batches.map((ops) => ops.length),
    [50, 50, 20],
  );
  assert.deepEqual(
    batches.flat().map(({ seq }) => seq),
    Array.from({ length: 120 }, (_none, n) => n + 1),
  );
  assert.deepEqual(outbox.countsOf(await outbox.records()), { waiting: 0, sending: 0, attention: 0, locked: 0 });
});

test("one record that the server chokes on holds up no other", async () => {
  await outbox.save(Array.from({ length: 30 }, (_none, n) => report(n === 13 ? "poison" : `a${n}`)));
  serve(({ body }) => (body.ops.some(({ asset }) => asset === "poison") ? { status: 500 } : answered(applied(body))));
  await sync.send();
  const { poison, ...others } = await states();
  assert.equal(poison, "waiting");
  assert.deepEqual(new Set(Object.values(others)), new Set(["confirmed"]));
  assert.equal(sync.status.problem, null);
});

test("a refused token ends the run and throws nothing away", async () => {
  await outbox.save([report("a"), report("b")]);
  const asked = serve(() => ({ status: 401, body: { detail: "signed out" } }));
  await sync.send();
  assert.equal(asked.length, 1);
  assert.equal(sync.status.problem, "signed-out");
  assert.equal(session.token(), null);
  assert.deepEqual(await states(), { a: "waiting", b: "waiting" });
});

test("without an answer everything waits, and is sent once there is one", async () => {
  await outbox.save([report("a")]);
  serve(() => new TypeError("Failed to fetch"));
  await sync.send();
  assert.deepEqual([sync.status.problem, await states()], ["server", { a: "waiting" }]);
  serve(({ body }) => answered(applied(body)));
  await sync.sendNow();
  assert.deepEqual([sync.status.problem, await states()], [null, { a: "confirmed" }]);
});

test("a server that fails on each alone is left alone", async () => {
  await outbox.save(Array.from({ length: 40 }, (_none, n) => report(`a${n}`)));
  const asked = serve(() => ({ status: 500 }));
  await sync.send();
  assert.ok(asked.length < 12, `${asked.length} requests`);
  assert.equal(sync.status.problem, "server");
  assert.ok(sync.status.notBefore > Date.now());
});

test("asking to be left alone is obeyed", async () => {
  await outbox.save([report("a")]);
  const asked = serve(() => ({ status: 429, headers: { "Retry-After": "120" } }));
  await sync.send();
  await sync.send();
  assert.equal(asked.length, 1);
  assert.ok(sync.status.notBefore > Date.now() + 110_000);
});

test("a clock that is far off is told, one that is a little off is not", async () => {
  await outbox.save([report("a")]);
  const at = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();
  serve(({ body }) => ({ body: { server_time: at(9), results: applied(body) } }));
  await sync.send();
  assert.equal(Math.round(sync.status.drift / 60_000), 9);
  await outbox.save([report("b")]);
  serve(({ body }) => ({ body: { server_time: at(2), results: applied(body) } }));
  await sync.send();
  assert.equal(sync.status.drift, 0);
});

test("whatever the server says of whichever record, none is lost and none is confirmed without its word", async () => {
  const word = fc.constantFrom("applied", "merged", "conflict", "rejected", "later", null);
  await fc.assert(
    fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 20 }), async (words) => {
      await newPhone();
      sync.status.notBefore = 0;
      await outbox.save(words.map((_word, n) => report(`a${n}`)));
      const statuses = new Map(words.map((status, n) => [`a${n}`, status]));
      serve(({ body }) => {
        const results = body.ops.map(({ op_id, asset }) => ({ op_id, status: statuses.get(asset) }));
        return answered(results.filter(({ status }) => status));
      });
      await sync.send();
      const expected = { applied: "confirmed", merged: "confirmed", conflict: "confirmed", rejected: "attention" };
      assert.deepEqual(
        await states(),
        Object.fromEntries(words.map((status, n) => [`a${n}`, expected[status] ?? "waiting"])),
      );
    }),
    { numRuns: 25 },
  );
  assert.ok(await store.count("records"));
});
