/** Sentences with numbers and names in them, and times as people here write them. */

const inChinese = document.documentElement.lang.startsWith("zh");
const locale = inChinese ? "zh-CN" : "en-GB";
// The clock of the district, not of the phone.
const { timeZone } = document.body.dataset;
const grouped = new Intl.NumberFormat(locale);
const moment = new Intl.DateTimeFormat(locale, {
  timeZone,
  month: "numeric",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hour12: false,
});
const dayOfDistrict = new Intl.DateTimeFormat("sv-SE", { timeZone });

/** Fills `%(name)s` in a translated sentence. @param {string} sentence @param {Record<string, any>} values */
export const say = (sentence, values) => interpolate(sentence, values, true);

/** The name of a list's row (type, theme, defect …) in the page's language. */
export const nameOf = (row) => (row ? (inChinese ? row.zh : row.en || row.zh) : "");

/** 51000 → "51,000" */
export const number = (n) => grouped.format(n);

/** Metres → "12 m", "1.3 km" */
export function metres(distance) {
  if (distance < 1000) return say(gettext("%(n)s m"), { n: Math.round(distance) });
  return say(gettext("%(n)s km"), { n: (distance / 1000).toFixed(distance < 9950 ? 1 : 0) });
}

/** Bytes → "340 KB", "12.4 MB" */
export function size(bytes) {
  if (bytes < 1e6) return say(gettext("%(n)s KB"), { n: Math.max(1, Math.round(bytes / 1e3)) });
  if (bytes < 1e9) return say(gettext("%(n)s MB"), { n: (bytes / 1e6).toFixed(bytes < 1e8 ? 1 : 0) });
  return say(gettext("%(n)s GB"), { n: (bytes / 1e9).toFixed(1) });
}

/** A moment → "11/24 14:02", on the district's clock. @param {string|number|Date} time */
export const clock = (time) => moment.format(new Date(time));

/** Today in the district, as "2026-11-24". */
export const today = () => dayOfDistrict.format(new Date());

/** The day of a moment in the district, as "2026-11-24". @param {string|Date} time */
export const dayOf = (time) => dayOfDistrict.format(new Date(time));

/** How many days from today until a day; negative when it has passed. @param {string} day "2026-11-24" */
export const daysUntil = (day) => Math.round((Date.parse(day) - Date.parse(today())) / 86_400_000);

/** Whether a day has passed on which something was to be done. @param {string|null} day */
export const isLate = (day) => day !== null && day !== "" && day < today();

/** A due day in words: "6 days overdue", "due today", "due in 3 days". @param {string} day */
export function dueInWords(day) {
  const days = daysUntil(day);
  if (days < 0) return say(ngettext("%(n)s day overdue", "%(n)s days overdue", -days), { n: number(-days) });
  if (days === 0) return gettext("due today");
  if (days === 1) return gettext("due tomorrow");
  if (days < 60) return say(gettext("due in %(n)s days"), { n: days });
  return say(gettext("due %(day)s"), { day });
}
