/** Numbers and dates as a reader of the page's language expects them. */
import { config } from "web/config";

const locale = config.language.startsWith("zh") ? "zh-CN" : "en-GB";
const grouped = new Intl.NumberFormat(locale, { useGrouping: true });

const clock = new Intl.DateTimeFormat(locale, {
  timeZone: document.body.dataset.timeZone,
  hour: "2-digit",
  minute: "2-digit",
  hour12: false,
});

/** 51000 → "51,000" */
export const number = (n) => grouped.format(n);

/** "2026-11-18T09:42:00+08:00" → "2026-11-18"; the day in the district, which is what the text begins with */
export const day = (iso) => (iso ? iso.slice(0, 10) : "");

/** A moment → "14:02", on the district's clock as the days are. @param {Date} moment */
export const timeOfDay = (moment) => clock.format(moment);
