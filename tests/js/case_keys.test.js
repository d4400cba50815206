import assert from "node:assert/strict";
import { test } from "node:test";
import { meant } from "cases/keys";

/** Something focused. @param {boolean} typed */
const focused = (typed) => ({ matches: () => typed });

test("a letter means itself, small or capital", () => {
  assert.equal(meant({ key: "f" }, focused(false)), "f");
  assert.equal(meant({ key: "F" }, null), "f");
});

test("no key decides while somebody types", () => {
  assert.equal(meant({ key: "f" }, focused(true)), "");
  assert.equal(meant({ key: "f" }, { matches: () => false, isContentEditable: true }), "");
  assert.equal(meant({ key: "f", isComposing: true }, focused(false)), "");
});

test("the browser's own shortcuts stay its own, and a key held down decides once", () => {
  for (const held of ["ctrlKey", "metaKey", "altKey", "repeat"])
    assert.equal(meant({ key: "d", [held]: true }, null), "");
});

test("what is no letter means nothing", () => {
  for (const key of ["Enter", "ArrowDown", " ", "1", "立"]) assert.equal(meant({ key }, null), "");
});
