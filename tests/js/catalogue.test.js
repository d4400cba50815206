import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { newPhone, report, serve } from "./phone.js";

const catalogue = await import("field/down/catalogue");
const outbox = await import("field/up/outbox");
const store = await import("field/phone/store");
const sync = await import("field/up/sync");

const HERE = { lon: 117, lat: 36.68 };

/** @param {string} uid @param {Partial<import("field/down/catalogue").Asset>} [more] @returns {import("field/down/catalogue").Asset} */
const asset = (uid, more = {}) => ({
  uid,
  code: `370105030080${uid.padStart(5, "0")}`,
  version: 1,
  type: "notice_board",
  name: `Board ${uid}`,
  themes: [],
  wording: "",
  condition: "damaged",
  inspected_at: null,
  due: "2026-11-01",
  lifecycle: "in_use",
  ...HERE,
  support: null,
  faces: 1,
  address: "",
  street: null,
  community: null,
  road: null,
  photo: null,
  large: false,
  ...more,
});
/** @param {number} id @param {string} of @param {string} kind @returns {import("field/down/catalogue").Job} */
const job = (id, of, kind) => ({
  id,
  asset: of,
  kind,
  state: "assigned",
  priority: 1,
  description: "",
  due_on: "2026-01-01",
  crew: null,
  mine: true,
  artwork: null,
  cost: null,
});

beforeEach(async () => {
  await newPhone();
  sync.status.notBefore = 0;
  for (const row of [
    asset("1", { support: 5 }),
    asset("2", { support: 5, lon: 117.0001 }),
    asset("3", { lon: 117.01, wording: "讲文明树新风" }),
  ])
    await store.put("assets", row);
  await store.put("jobs", job(1, "1", "inspect"));
  await store.put("jobs", job(2, "2", "repair"));
  await catalogue.load();
});

test("the last digits of a code find its asset, words a part of what is written", () => {
  assert.deepEqual(
    catalogue.find("00003").map(({ uid }) => uid),
    ["3"],
  );
  assert.deepEqual(
    catalogue.find(" 文明 ").map(({ uid }) => uid),
    ["3"],
  );
  assert.deepEqual(
    catalogue.find("board 2").map(({ uid }) => uid),
    ["2"],
  );
  assert.deepEqual(catalogue.find("   "), []);
  assert.equal(catalogue.assetOfCode("37010503008000002").uid, "2");
});

test("the nearest come first; without a place the codes' order holds", () => {
  assert.deepEqual(
    catalogue.byDistance({ lon: 117.02, lat: 36.68 }).map((row) => row.asset.uid),
    ["3", "2", "1"],
  );
  assert.deepEqual(
    catalogue.byDistance(null).map((row) => row.asset.uid),
    ["1", "2", "3"],
  );
  assert.deepEqual(
    catalogue.nearDuplicates(HERE, 25).map((row) => row.asset.uid),
    ["1", "2"],
  );
  assert.deepEqual(
    catalogue.otherFaces(catalogue.assetOfId("1")).map(({ uid }) => uid),
    ["2"],
  );
});

test("what was recorded here shows at once, for the other faces too, and its job is as good as done", async () => {
  await outbox.save([report("1", { fields: { condition: "good", also: ["2"] } })]);
  await catalogue.load();
  for (const uid of ["1", "2"]) {
    const { condition, unconfirmed } = catalogue.stateOf(catalogue.assetOfId(uid));
    assert.deepEqual([condition, unconfirmed], ["good", true]);
  }
  assert.deepEqual(
    catalogue.openJobs().map(({ id }) => id),
    [2],
  );
  assert.equal(catalogue.lateCount(), 1);
});

test("an asset made here is found until the server knows it, and then is the server's", async () => {
  const fields = { type: "mural", themes: [], position: HERE, name: "New wall", wording: "", address: "" };
  await outbox.save([report("made", { kind: "create", fields }), report("made")]);
  await catalogue.load();
  assert.equal(catalogue.assetOfId("made").provisional, true);
  const code = "37010503008000099";
  serve(({ body }) => ({
    body: {
      server_time: new Date().toISOString(),
      results: body.ops.map(({ op_id, asset: uid }) => ({
        op_id,
        status: "applied",
        asset: { uid, code, version: 3 },
      })),
    },
  }));
  await sync.send();
  const asset = await store.get("assets", "made");
  assert.deepEqual([asset.code, asset.version, asset.provisional, asset.condition], [code, 3, false, "good"]);
});

test("a job's steps are seen before the server has them", async () => {
  await outbox.save([report("2", { kind: "job_start", job: 2, fields: {} })]);
  await catalogue.load();
  assert.deepEqual(catalogue.jobState(catalogue.jobs.get(2)), { state: "in_progress", unconfirmed: true });
  await outbox.save([report("2", { kind: "job_done", job: 2, fields: {} })]);
  await catalogue.load();
  assert.deepEqual(
    catalogue.openJobs().map(({ id }) => id),
    [1],
  );
});
