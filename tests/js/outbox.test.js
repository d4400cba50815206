import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { CREW, keepPhoto, newPhone, report } from "./phone.js";

const drafts = await import("field/up/drafts");
const outbox = await import("field/up/outbox");
const session = await import("field/phone/session");
const store = await import("field/phone/store");

beforeEach(() => newPhone());

test("records are counted and read in the order they were made", async () => {
  await outbox.save([report("a"), report("b")]);
  await outbox.save([report("c")]);
  const records = await outbox.records();
  assert.deepEqual(
    records.map(({ op }) => [op.asset, op.seq]),
    [
      ["a", 1],
      ["b", 2],
      ["c", 3],
    ],
  );
  assert.equal(new Set(records.map(({ op }) => op.phone)).size, 1);
  assert.deepEqual(
    [...records.map(({ op_id }) => op_id)].sort(),
    records.map(({ op_id }) => op_id),
  );
});

test("a record is written whole: with its pictures, and with its draft gone", async () => {
  const photo = await keepPhoto("aa", "report a");
  await drafts.keep("report a", { condition: "good" });
  const [record] = await outbox.save([report("a", { photos: [photo] })], "report a");
  assert.equal(await drafts.find("report a"), null);
  assert.deepEqual(record.photos_left, ["aa"]);
  const kept = await store.get("photos", "aa");
  assert.deepEqual([kept.op_ids, kept.draft], [[record.op_id], null]);
});

test("a picture that is not there keeps everything from being written", async () => {
  await drafts.keep("report a", { condition: "good" });
  const missing = { sha256: "bb", size: 1, type: "image/jpeg", taken_at: "", role: "inspection" };
  await assert.rejects(outbox.save([report("first"), report("a", { photos: [missing] })], "report a"), /bb/);
  assert.deepEqual(await outbox.records(), []);
  assert.deepEqual(await drafts.find("report a"), { condition: "good" });
  assert.equal(await store.fact("seq"), undefined);
});

test("a phone that has changed hands takes nothing for the one before", async () => {
  document.cookie = "person=8";
  await assert.rejects(outbox.save([report("a")]), session.ChangedHands);
  document.cookie = "";
  assert.deepEqual(await outbox.records(), []);
});

test("the counts tell waiting, sending, attention and others' apart", async () => {
  const [a, b, c, d] = await outbox.save([report("a"), report("b"), report("c"), report("d")]);
  await store.put("records", { ...b, state: "attention" });
  await store.put("records", { ...c, state: "confirmed" });
  await store.put("records", { ...d, user: CREW.id + 1 });
  outbox.sending.add(a.op_id);
  assert.deepEqual(outbox.countsOf(await outbox.records()), { waiting: 0, sending: 1, attention: 1, locked: 1 });
  outbox.sending.clear();
  assert.deepEqual(outbox.countsOf(await outbox.records()), { waiting: 1, sending: 0, attention: 1, locked: 1 });
});

test("a confirmed record whose picture cannot be sent needs attention, and is not done", async () => {
  const photo = await keepPhoto("aa", "report a");
  const [saved] = await outbox.save([report("a", { photos: [photo] })]);
  const record = { ...saved, state: /** @type {const} */ ("confirmed"), photo_message: "The file is no photo." };
  assert.equal(outbox.isDone(record), false);
  assert.equal(outbox.needsAttention(record), true);
  assert.equal(outbox.isDone({ ...record, photos_left: [] }), true);
});

test("what is tried again waits as if it were new, with its pictures", async () => {
  const photo = await keepPhoto("aa", "report a");
  const [record] = await outbox.save([report("a", { photos: [photo] })]);
  await store.put("records", { ...record, state: "attention", tries: 4, next_try: 9e12 });
  await store.put("photos", { ...(await store.get("photos", "aa")), state: "attention", tries: 3, next_try: 9e12 });
  await outbox.retry(await store.get("records", record.op_id));
  const again = await store.get("records", record.op_id);
  assert.deepEqual([again.state, again.tries, again.next_try, again.op], ["waiting", 0, 0, record.op]);
  assert.equal((await store.get("photos", "aa")).state, "waiting");
});

test("discarding a record takes only the pictures that no other needs", async () => {
  const [single, both] = [await keepPhoto("aa", "x"), await keepPhoto("bb", "x")];
  const [first, second] = await outbox.save([report("a", { photos: [single, both] }), report("b", { photos: [both] })]);
  await outbox.discard(first);
  assert.equal(await store.get("photos", "aa"), undefined);
  assert.deepEqual((await store.get("photos", "bb")).op_ids, [second.op_id]);
  assert.deepEqual(
    (await outbox.records()).map(({ op }) => op.asset),
    ["b"],
  );
});

test("of what the server has confirmed the latest two hundred stay", async () => {
  const saved = await outbox.save(Array.from({ length: 205 }, (_none, n) => report(`a${n}`)));
  for (const [n, record] of saved.entries())
    await store.put("records", {
      ...record,
      state: n < 203 ? "confirmed" : "waiting",
      confirmed_at: n < 203 ? 1000 + n : null,
    });
  await outbox.forgetOld();
  const left = (await outbox.records()).map(({ op }) => op.asset);
  assert.equal(left.length, 202);
  assert.ok(!left.includes("a2") && left.includes("a3") && left.includes("a204"));
});

test("the phone's time carries its own offset", () => {
  const inZone = (minutes) =>
    Object.assign(new Date("2026-11-24T06:02:11.250Z"), { getTimezoneOffset: () => -minutes });
  assert.equal(outbox.withOffset(inZone(480)), "2026-11-24T14:02:11.250+08:00");
  assert.equal(outbox.withOffset(inZone(-210)), "2026-11-24T02:32:11.250-03:30");
  assert.equal(outbox.withOffset(inZone(0)), "2026-11-24T06:02:11.250+00:00");
});
