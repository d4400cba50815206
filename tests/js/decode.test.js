import assert from "node:assert/strict";
import { test } from "node:test";
import { codeIn } from "field/inputs/decode";

const CODE = "37010503008000001";

for (const [what, text] of [
  ["an address", `https://map.example.cn/a/${CODE}`],
  ["an address with what somebody added", `https://map.example.cn/a/${CODE}/?from=plate#x`],
  ["digits alone", ` ${CODE}\n`],
  ["the digits of 2013", "https://map.example.cn/a/3701050300800001"],
]) {
  test(`${what} leads to an asset`, () => assert.equal(codeIn(text), text.includes(CODE) ? CODE : "3701050300800001"));
}

for (const text of ["https://example.cn/", "1234", `x${CODE}`, `${CODE}9`, "", null]) {
  test(`${JSON.stringify(text)} is no plate of ours`, () => assert.equal(codeIn(text), null));
}
