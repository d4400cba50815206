import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { address, Filter, PARAMETERS } from "mapping/filters";

test("a query string comes back as it was, in the known order", () => {
  const query = "street=370105001,370105002&condition=damaged,severe&q=%E5%85%AC%2C%E7%9B%8A";
  const shuffled = "q=公%2C益&condition=damaged,severe&street=370105001,370105002";
  assert.equal(Filter.parse(`?${shuffled}`).toQuery(), query);
  assert.equal(Filter.parse(query).toQuery(), query);
});

test("a comma is one only where one value is asked for", () => {
  assert.deepEqual(Filter.parse("q=a,b&bbox=1,2,3,4&type=a,b").entries(), [
    ["type", ["a", "b"]],
    ["q", ["a,b"]],
    ["bbox", ["1,2,3,4"]],
  ]);
});

test("what nobody knows stays in the address, behind the known", () => {
  assert.equal(Filter.parse("streeet=1&q=x").toQuery(), "q=x&streeet=1");
});

test("an empty parameter says nothing", () => {
  assert.ok(Filter.parse("street=&q=&type=,,").isEmpty);
});

test("the default lifecycle is in force and not in the address", () => {
  const filter = new Filter();
  assert.deepEqual(filter.get("lifecycle"), ["in_use", "suspended"]);
  assert.equal(filter.isSet("lifecycle"), false);
  assert.equal(filter.with("lifecycle", ["suspended", "in_use"]).toQuery(), "");
  assert.equal(filter.toggle("lifecycle", "suspended").toQuery(), "lifecycle=in_use");
});

test("toggling twice changes nothing, and a change makes a new filter", () => {
  const filter = Filter.parse("type=mural");
  const both = filter.toggle("type", "banner");
  assert.equal(filter.toQuery(), "type=mural");
  assert.equal(both.toQuery(), "type=mural,banner");
  assert.ok(both.toggle("type", "banner").equals(filter));
});

test("only this leaves one, and once more leaves none", () => {
  const filter = Filter.parse("condition=damaged,severe").only("condition", "severe");
  assert.equal(filter.toQuery(), "condition=severe");
  assert.ok(filter.only("condition", "severe").isEmpty);
});

test("another street takes the communities of the last one away", () => {
  assert.equal(Filter.parse("street=1&community=101").with("street", ["2"]).toQuery(), "street=2");
  assert.equal(Filter.parse("street=1&community=101").without("street").toQuery(), "");
});

test("whatever is chosen is read again from its own address", () => {
  const value = fc.string({ minLength: 1 }).filter((text) => text.trim() && !text.includes(","));
  const values = fc.dictionary(fc.constantFrom(...PARAMETERS), fc.uniqueArray(value, { minLength: 1, maxLength: 3 }));
  fc.assert(
    fc.property(values, (lists) => {
      const single = ["q", "bbox", "within", "updated_since"];
      const filter = new Filter(
        new Map(Object.entries(lists).map(([name, list]) => [name, single.includes(name) ? list.slice(0, 1) : list])),
      );
      assert.equal(Filter.parse(filter.toQuery()).toQuery(), filter.toQuery());
    }),
  );
});

test("an address leaves out what is not there", () => {
  assert.equal(address("/api/legend", ""), "/api/legend");
  assert.equal(
    address("/api/assets", "q=a", { cursor: null, near: "1,2", order: undefined }),
    "/api/assets?q=a&near=1%2C2",
  );
});
