/** How far a long task of the server is: asked again and again, in one way wherever somebody waits for one. */
import { getJson } from "web/server";

const BETWEEN_LOOKS = 500; // ms
const AFTER_TROUBLE = 3000; // ms

/**
 * Every look at a task, without end: whoever follows it knows when it has seen enough. A look that failed is one too.
 * @param {string} address
 * @returns {AsyncGenerator<{run: any, problem: import("web/server").ServerProblem|null}>}
 */
export async function* looksAt(address) {
  for (;;) {
    const look = await getJson(address).then(
      (run) => ({ run, problem: null }),
      (problem) => ({ run: null, problem }),
    );
    yield look;
    await new Promise((wake) => setTimeout(wake, look.problem ? AFTER_TROUBLE : BETWEEN_LOOKS));
  }
}

/**
 * A bar of what is done, and its share in words; moving without an end where the end is not known.
 * @param {HTMLProgressElement} bar
 * @param {{done: number|null, total: number|null}} run
 * @returns {string} "62 %", or nothing
 */
export function drawBar(bar, { done, total }) {
  if (done === null || !total) {
    bar.removeAttribute("value");
    return "";
  }
  bar.max = total;
  bar.value = done;
  return `${Math.floor((100 * done) / total)} %`;
}
