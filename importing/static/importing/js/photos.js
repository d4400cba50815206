/** How far adding photos is; when it is done the page comes anew with what came of it. */
import { byId, dataOf } from "web/dom";
import { drawBar, looksAt } from "web/progress";

const MOVING = ["waiting", "running"];

async function follow() {
  for await (const { run } of looksAt(dataOf(byId("main"), "progress"))) {
    // A look that failed is followed by another: nothing of the page is lost meanwhile.
    if (!run) continue;
    const { state, done = null, total = null } = run.photos ?? {};
    if (!MOVING.includes(state)) {
      location.reload();
      return;
    }
    drawBar(byId("photos-bar", HTMLProgressElement), { done, total });
  }
}

if (MOVING.includes(dataOf(byId("photos-state"), "state"))) follow();
