/** Numbers and dates as a reader of the page's language expects them. */
import { config } from "mapping/config";

const locale = config.language.startsWith("zh") ? "zh-CN" : "en-GB";
const grouped = new Intl.NumberFormat(locale, { useGrouping: true });

/** 51000 → "51,000" */
export const number = (n) => grouped.format(n);

/** "2026-11-18T09:42:00+08:00" → "2026-11-18"; the day in the district, which is what the text begins with */
export const day = (iso) => (iso ? iso.slice(0, 10) : "");

/** "2026-11-24T14:02:00+08:00" → "14:02"; the time in the district, as with the day */
export const timeOfDay = (iso) => iso.slice(11, 16);
