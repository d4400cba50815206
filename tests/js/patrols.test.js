import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { newPhone, serve } from "./phone.js";

const outbox = await import("field/up/outbox");
const patrols = await import("field/down/patrols");
const store = await import("field/phone/store");

const stop = (code, more = {}) => ({
  code,
  name: `Site ${code}`,
  kind: { zh: "市场", en: "Market" },
  lon: 117,
  lat: 36.68,
  address: "",
  visited: false,
  found: false,
  ...more,
});
const PATROL = {
  uid: "p1",
  team: "Team",
  planned_for: "2026-11-28T09:00:00+08:00",
  announced: true,
  campaign: "",
  remarks: "",
  state: "planned",
  started_at: null,
  ended_at: null,
  people: null,
  places: [],
  stops: [stop("a"), stop("b", { visited: true }), stop("c")],
};
const DOCUMENT = {
  patrols: [PATROL],
  categories: ["soiled", "unlit", "loose"].map((code) => ({ code, zh: code, en: code, urgent: false })),
  cases: [
    { code: "1", category: "soiled", asset: "x", lon: 117, lat: 36.68, state: "filed", reported_at: "", words: "" },
    { code: "2", category: "unlit", asset: null, lon: 117, lat: 36.6803, state: "filed", reported_at: "", words: "" },
    { code: "3", category: "unlit", asset: null, lon: 117, lat: 36.69, state: "filed", reported_at: "", words: "" },
  ],
  cases_matched: 3,
};
const deed = (kind, fields = {}) => ({ kind, fields: { patrol: "p1", ...fields }, title: kind });

beforeEach(async () => {
  await newPhone();
  await store.setFact("patrols", DOCUMENT);
  await patrols.load();
});

test("what was recorded here counts at once, before the server knows of it", async () => {
  const patrol = patrols.patrolOfId("p1");
  assert.equal(patrols.stateOf(patrol), "planned");
  assert.equal(patrols.current(), undefined);
  await outbox.save([deed("patrol_start", { people: 6 }), deed("patrol_visit", { site: "a" })]);
  await outbox.save([deed("problem", { site: "c" }), deed("problem")]);
  await patrols.load();
  assert.equal(patrols.stateOf(patrol), "underway");
  assert.equal(patrols.current()?.uid, "p1");
  assert.equal(patrols.peopleOf(patrol), 6);
  assert.equal(patrols.problemsOf(patrol), 2);
  assert.deepEqual(
    patrols.stopsOf(patrol).map(({ state }) => state),
    ["visited", "visited", "problem"],
  );
  await outbox.save([deed("patrol_end")]);
  await patrols.load();
  assert.equal(patrols.stateOf(patrol), "ended");
});

test("what the server refused is none of it", async () => {
  const [record] = await outbox.save([deed("patrol_visit", { site: "a" })]);
  await store.put("records", { ...record, state: "attention" });
  await patrols.load();
  assert.equal(patrols.stopsOf(patrols.patrolOfId("p1"))[0].state, "open");
});

test("the categories used last stand first, the others as the office orders them", async () => {
  await patrols.noteUse("unlit");
  await patrols.noteUse("loose");
  await patrols.load();
  assert.deepEqual(
    patrols.categories().map(({ code }) => code),
    ["loose", "unlit", "soiled"],
  );
});

test("a case is near when it is on the asset, or within fifty metres and of the category", () => {
  const place = { lon: 117, lat: 36.68 };
  const codes = (about) => patrols.nearCases(about).map(({ code }) => code);
  assert.deepEqual(codes({ place, asset: null, category: null }), ["1", "2"]);
  assert.deepEqual(codes({ place, asset: null, category: "unlit" }), ["2"]);
  assert.deepEqual(codes({ place: null, asset: "x", category: "unlit" }), ["1"]);
  assert.deepEqual(codes({ place: null, asset: null, category: null }), []);
});

test("the server's document replaces what was there, with the areas that were downloaded", async () => {
  await store.setFact("areas", [{ code: "370105001", name: "West", level: "street" }]);
  const asked = serve(() => ({ body: { ...DOCUMENT, patrols: [] } }));
  await patrols.refresh();
  assert.match(asked[0].path, /patrols\?areas=370105001$/);
  assert.deepEqual(patrols.every(), []);
});
