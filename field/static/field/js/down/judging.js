/**
 * Whether an answer conforms, and what the catalogue answers beforehand: the rules, without a screen.
 *
 * The server has the first of them too (`evaluation/judging.py`); `tests/evaluation/judging.json` holds both together.
 */
import { metresBetween } from "web/distance";

/**
 * @typedef {"yes"|"partly"|"no"|"na"} Answer
 * @typedef {{code: string, group: string, zh: string, en: string, how: string, how_en?: string,
 *   answer: "conform"|"count"|"share"|"minutes"|"ask", threshold: number|null, direction: "at_least"|"at_most",
 *   asked: number|null, theme: string|null, carrier: string|null, publicity: boolean, metres: number|null,
 *   minutes: number|null, critical: boolean, photo: boolean}} Item
 * @typedef {{uid: string, name: string, code: string, type: string, type_zh: string, type_en: string, fixed: boolean,
 *   themes: string[], condition: string, indoor: boolean, since: string|null, lon: number, lat: number}} Piece
 * @typedef {"moveable"|"condition"|"near"|"missing"} Why
 * @typedef {{counted: Piece[], left: {piece: Piece, why: Why}[]}} Count
 * @typedef {{answer: Answer|null, value: number|null, asked: number|null, missing: string[], note: string,
 *   photos: import("field/up/outbox").PhotoNote[]}} Entry
 */

/** Pieces in these conditions count; what is faded, soiled, covered or broken does not. */
const COUNTING = new Set(["good", "minor", "unknown"]);

/** @returns {Entry} */
export const blank = () => ({ answer: null, value: null, asked: null, missing: [], note: "", photos: [] });

/**
 * What a value means; null where the item leaves that to the evaluator.
 * @param {Item} item @param {number|null} value @returns {Answer|null}
 */
export function judge(item, value) {
  if (item.answer === "conform" || item.threshold === null || value === null) return null;
  return (item.direction === "at_most" ? value <= item.threshold : value >= item.threshold) ? "yes" : "no";
}

/** The answer of an entry: what follows from its value, else what was chosen. @param {Item} item @param {Entry} entry */
export const answerOf = (item, entry) => (entry.answer === "na" ? "na" : (judge(item, entry.value) ?? entry.answer));

/** Whether an item asks for what the catalogue can say. @param {Item} item */
export const isCatalogued = (item) =>
  item.answer === "count" && (item.publicity || Boolean(item.theme || item.carrier));

/**
 * The pieces an item is about, counted as the handbook counts: fixed carriers, in order, so many metres apart.
 * @param {Item} item @param {Piece[]} pieces
 * @param {{apart: number, apart_indoors: number}} rules @param {string[]} missing uids of pieces that are not there
 * @returns {Count}
 */
export function countPieces(item, pieces, rules, missing = []) {
  /** @type {Count} */
  const result = { counted: [], left: [] };
  for (const piece of pieces) {
    if (item.theme && !piece.themes.includes(item.theme)) continue;
    if (item.carrier && piece.type !== item.carrier) continue;
    const why = whyNot(piece, result.counted, rules, missing);
    if (why) result.left.push({ piece, why });
    else result.counted.push(piece);
  }
  return result;
}

/** @returns {Why|null} */
function whyNot(piece, counted, rules, missing) {
  if (missing.includes(piece.uid) || piece.condition === "missing") return "missing";
  if (!piece.fixed) return "moveable";
  if (!COUNTING.has(piece.condition)) return "condition";
  const apart = piece.indoor ? rules.apart_indoors : rules.apart;
  return counted.some((other) => metresBetween(other, piece) < apart) ? "near" : null;
}

/**
 * What stands in a form before anything is touched: counts from the catalogue.
 * @param {Item} item @param {Piece[]} pieces @param {{apart: number, apart_indoors: number}} rules @returns {Entry}
 */
export function prefilled(item, pieces, rules) {
  const entry = blank();
  if (isCatalogued(item)) entry.value = countPieces(item, pieces, rules).counted.length;
  if (item.answer === "ask") entry.asked = item.asked;
  return entry;
}

/** The sections of a form, in order: by the handbook's groups, else what is about publicity first. @param {Item[]} items */
export function sections(items) {
  /** @type {Map<string, Item[]>} */
  const found = new Map();
  const ordered = items.some((item) => item.group)
    ? items
    : items.toSorted((a, b) => Number(b.publicity) - Number(a.publicity));
  for (const item of ordered) {
    const name = item.group || (item.publicity ? "publicity" : "other");
    found.set(name, [...(found.get(name) ?? []), item]);
  }
  return [...found].map(([name, rows]) => ({ name, items: rows }));
}

/**
 * All that is not answered is as it should be, or none of it is applicable; what was found stays.
 * @param {Item[]} items @param {Record<string, Entry>} entries @param {"yes"|"na"} answer
 */
export function fillRest(items, entries, answer) {
  for (const item of items) {
    const entry = entries[item.code];
    const found = answerOf(item, entry);
    if (answer === "na" || found === null) entry.answer = answer;
  }
}

/**
 * What keeps a form from being sent: items without an answer, and failed ones without their photo.
 * @param {Item[]} items @param {Record<string, Entry>} entries
 * @returns {{open: Item[], photos: Item[]}}
 */
export function lacking(items, entries) {
  const answers = items.map((item) => ({ item, answer: answerOf(item, entries[item.code]) }));
  return {
    open: answers.filter(({ answer }) => answer === null).map(({ item }) => item),
    photos: answers
      .filter(({ item, answer }) => answer === "no" && item.photo && !entries[item.code].photos.length)
      .map(({ item }) => item),
  };
}

/**
 * What is sent of a form.
 * @param {Item[]} items @param {Record<string, Entry>} entries @param {Piece[]} pieces
 * @param {{apart: number, apart_indoors: number}} rules
 */
export const found = (items, entries, pieces, rules) =>
  items.map((item) => {
    const entry = entries[item.code];
    const answer = answerOf(item, entry);
    return {
      item: item.code,
      answer,
      value: answer === "na" ? null : entry.value,
      asked: answer === "na" ? null : item.answer === "ask" ? entry.asked : null,
      catalogued: isCatalogued(item) ? countPieces(item, pieces, rules).counted.length : null,
      missing: entry.missing,
      photos: entry.photos.map((photo) => photo.sha256),
      note: entry.note.trim(),
    };
  });

/** A rate in per cent with its n; not applicable counts nothing. @param {(Answer|null)[]} answers */
export function rateOf(answers) {
  const counted = answers.filter((answer) => answer && answer !== "na");
  const conforming = counted.filter((answer) => answer !== "no").length;
  return { n: counted.length, percent: counted.length ? Math.round((conforming * 100) / counted.length) : null };
}
