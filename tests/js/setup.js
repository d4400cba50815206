/**
 * What the browser's modules find in Node: their names as in the page's import map, Django's words in English, and as
 * much of a page as reading them needs. Given to node by `--import`, before any test (script/parts/tests.py).
 */
import "fake-indexeddb/auto";
import { register } from "node:module";

register("./names.js", import.meta.url);

const filled = (sentence, values) => sentence.replace(/%\((\w+)\)s/g, (_whole, name) => String(values[name]));

Object.assign(globalThis, {
  gettext: (sentence) => sentence,
  ngettext: (single, several, n) => (n === 1 ? single : several),
  pgettext: (_context, sentence) => sentence,
  interpolate: filled,
  // What browsers only write down ends the test here.
  reportError: (error) =>
    queueMicrotask(() => {
      throw error;
    }),
  // Its channel would keep Node from ending.
  BroadcastChannel: undefined,
});

/** What the phone's page is told of places/distance.py and assets/rules. */
const OF_THE_SERVER = { earthRadius: 6_371_008.8, farMetres: 200 };

/**
 * Sets the page that modules see when they are loaded. Call it before importing them, once a file: each file of tests
 * is a process of its own.
 * @param {{lang?: string, address?: string, config?: object}} [page] the address with query and hash
 */
export function openPage({ lang = "en", address = "https://map.example.org/", config = {} } = {}) {
  const events = new EventTarget();
  const location = new URL(address);
  const go = (_state, _title, url) => {
    location.href = new URL(url, location).href;
  };
  const root = { lang, hasAttribute: () => false, toggleAttribute: () => {}, style: {} };
  const texts = { "page-config": JSON.stringify({ language: lang, names: {}, ...OF_THE_SERVER, ...config }) };
  setGlobals({
    location,
    history: { state: null, pushState: go, replaceState: go },
    document: {
      documentElement: root,
      body: { dataset: { timeZone: "Asia/Shanghai" } },
      cookie: "",
      visibilityState: "visible",
      getElementById: (id) => (id in texts ? { textContent: texts[id] } : null),
      addEventListener: () => {},
    },
    navigator: { onLine: true, userAgent: "node" },
    addEventListener: events.addEventListener.bind(events),
    dispatchEvent: events.dispatchEvent.bind(events),
  });
  return { location };
}

function setGlobals(values) {
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
}
