/** How far adding photos is; when it is done the page comes anew with what came of it. */
import { byId } from "web/dom";
import { getJson } from "web/server";

const place = byId("photos-state");
const MOVING = ["waiting", "running"];
const BETWEEN = 700;

async function look() {
  const answer = await getJson(byId("main").dataset.progress).catch(() => null);
  const photos = answer?.photos ?? {};
  if (answer && !MOVING.includes(photos.state)) {
    location.reload();
    return;
  }
  const bar = byId("photos-bar", HTMLProgressElement);
  if (photos.total) {
    bar.max = photos.total;
    bar.value = photos.done;
  }
  setTimeout(look, BETWEEN);
}

if (MOVING.includes(place.dataset.state)) look();
