/** Whether the map shows the gaps: kept for as long as the tab is open, since the page of gaps leads there. */
const KEY = "gaps-on-the-map";

/** @param {boolean} shown */
export const rememberShown = (shown) => sessionStorage.setItem(KEY, shown ? "yes" : "");

export const wereShown = () => sessionStorage.getItem(KEY) === "yes";
