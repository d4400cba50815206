/**
 * Whether what an open page shows is still so: asks twice a minute, and at once when the page is looked at again.
 * The answer is a mark that changes with everything its reader could see change.
 */
import { config } from "web/config";
import { getJson } from "web/server";

const EVERY = 30_000;

let mark = null;
let asked = 0;
let timer = 0;

/**
 * Begins to ask.
 * @param {{changed: () => void, problem: (error: Error) => void}} listeners problem: only what asking again cannot mend
 */
export function keepFresh({ changed, problem }) {
  const ask = async () => {
    clearTimeout(timer);
    if (document.hidden) return;
    asked = Date.now();
    try {
      const answer = await getJson(config.urls.now);
      if (mark !== null && answer.mark !== mark) changed();
      mark = answer.mark;
    } catch (error) {
      if (error.kind === "signed-out") {
        problem(error);
        return;
      }
      // No connection, or a server that is busy: the next time will tell.
    }
    timer = setTimeout(ask, EVERY);
  };
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.hidden) return;
    timer = setTimeout(ask, Math.max(0, asked + EVERY - Date.now()));
  });
  ask();
}
