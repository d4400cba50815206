/** The scripts of a snapshot, which are no modules: put one after the other as its page does, and asked for what they declare. */
import { readFileSync } from "node:fs";

const FOLDER = new URL("../../mapping/snapshot/browser/", import.meta.url);

/** @param {string[]} names files without ending, in the page's order @param {string} wanted an expression of their names */
export function snapshotScripts(names, wanted) {
  const text = names.map((name) => readFileSync(new URL(`${name}.js`, FOLDER), "utf-8")).join("\n");
  return new Function(`${text}\nreturn ${wanted};`)();
}
