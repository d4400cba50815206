import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage } from "./setup.js";

const { location } = openPage({
  address: "https://map.example.org/map/?type=mural#15.50/36.67600/116.98900&list&order=due",
});
const { state, LONGEST_ADDRESS } = await import("mapping/state");

/** What the page shows when somebody goes back to an address. */
function at(path) {
  location.href = `https://map.example.org${path}`;
  dispatchEvent(new Event("popstate"));
  return state;
}

test("the address says filter, view, list and order, and the state says the address", () => {
  assert.equal(state.query, "type=mural");
  assert.deepEqual(state.view, { zoom: 15.5, lat: 36.676, lon: 116.989 });
  assert.equal(state.mode, "list");
  assert.equal(state.order, "due");
  assert.equal(state.url(), "/map/?type=mural#15.50/36.67600/116.98900&list&order=due");
});

test("the path names the asset that is open", () => {
  const { selection } = at("/assets/37010503008000001/?type=mural");
  assert.deepEqual(selection, { kind: "asset", code: "37010503008000001" });
  assert.match(state.url(), /^\/assets\/37010503008000001\/\?type=mural/);
});

test("a support or a spot stands in the hash", () => {
  assert.deepEqual(at("/map/#support=12").selection, { kind: "support", id: "12" });
  assert.deepEqual(at("/map/#spot=1,2").selection, { kind: "spot", id: "1,2" });
  assert.match(state.url(), /&?spot=1,2$/);
});

for (const broken of ["#abc/36.68/117.0", "#12/north/117", "#99/36.68/117.0", "#12/36.68/1e999", "#12//", "#1/2"]) {
  test(`${broken} is no view: the page says so and keeps the one it has`, () => {
    at("/map/#12/36.7/117");
    let events = 0;
    state.addEventListener("broken", () => events++, { once: true });
    assert.deepEqual(at(`/map/${broken}`).view, { zoom: 12, lat: 36.7, lon: 117 });
    assert.equal(events, 1);
  });
}

test("what there is not is the usual", () => {
  const { order, selection, mode } = at("/map/#list&order=colour&support=abc&spot=x");
  assert.deepEqual({ order, selection, mode }, { order: "code", selection: null, mode: "list" });
});

test("whoever listens is told what has changed, and nothing when nothing has", () => {
  at("/map/");
  const told = [];
  const listen = (event) => {
    told.push([.../** @type {CustomEvent<Set<string>>} */ (event).detail]);
  };
  state.addEventListener("change", listen);
  state.update({ filter: state.filter.toggle("type", "mural") });
  state.update({ filter: state.filter, order: "code" });
  state.update({ order: "due", selection: { kind: "support", id: "7" } });
  state.removeEventListener("change", listen);
  assert.deepEqual(told, [["filter"], ["order", "selection"]]);
  assert.equal(location.search, "?type=mural");
});

test("more than an address holds is said and changes nothing", () => {
  at("/map/?type=mural");
  let events = 0;
  state.addEventListener("toolong", () => events++, { once: true });
  state.update({ filter: state.filter.with("asset", [String("9").repeat(LONGEST_ADDRESS)]) });
  assert.equal(events, 1);
  assert.equal(state.query, "type=mural");
});
