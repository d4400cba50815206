/** What the page's style sheet and its reader have chosen, for what scripts draw themselves. */

/** A colour of the page's style sheet at this moment. @param {string} name */
export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
