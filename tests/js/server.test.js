import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage } from "./setup.js";

openPage();
const { getFragment } = await import("web/server");

/** Puts an answer in the network's place, and a parser that finds `article` in it, or nothing. */
function answered(article) {
  globalThis.fetch = async () => new Response("<p>Sign in to this network</p>");
  Object.assign(globalThis, {
    DOMParser: class {
      parseFromString = () => ({ querySelector: () => article });
    },
  });
}

test("a network that answers with a page of its own is no connection, and said so in words", async () => {
  answered(null);
  await assert.rejects(getFragment("/assets/1/panel"), (/** @type {import("web/server").ServerProblem} */ problem) => {
    assert.equal(problem.kind, "offline");
    assert.match(problem.message, /No connection/);
    return true;
  });
});
