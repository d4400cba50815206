/** Names of the page's import map, for Node: `mapping/filters` is `mapping/static/mapping/js/filters.js`. */
import { existsSync } from "node:fs";

const CLONE = new URL("../../", import.meta.url);
const NAME = /^([a-z_]+)\/([a-z_/]+)$/;

/** @type {import("node:module").ResolveHook} */
export async function resolve(specifier, context, next) {
  const [, room, module] = specifier.match(NAME) ?? [];
  const file = room && new URL(`${room}/static/${room}/js/${module}.js`, CLONE);
  if (file && existsSync(file)) return { url: file.href, format: "module", shortCircuit: true };
  return next(specifier, context);
}
