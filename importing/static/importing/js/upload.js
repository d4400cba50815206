/** Sending a file with its progress; without this script the form sends itself. */
import { byId, element, first } from "web/dom";
import { chooseFor, takeDropped } from "web/drop";

const form = byId("upload", HTMLFormElement);
const input = byId("upload-file", HTMLInputElement);
const drop = first("#drop", { kind: HTMLElement });
const MB = 1024 * 1024;

function say(sentence) {
  byId("upload-problem").textContent = sentence;
  byId("upload-problem").hidden = !sentence;
}

function showBusy(busy) {
  byId("upload-progress").hidden = !busy;
  byId("upload-send", HTMLButtonElement).disabled = busy;
}

function showShare(sent, all) {
  const within = byId("upload-progress");
  const bar = element("progress", { within, kind: HTMLProgressElement });
  const share = all ? Math.floor((100 * sent) / all) : 0;
  bar.value = share;
  element("progress + *", { within }).textContent =
    share < 100
      ? interpolate(gettext("Uploading: %(share)s %%"), { share }, true)
      : gettext("Uploaded; being taken in …");
}

function send(file) {
  const most = Number(form.dataset.mostMegabytes);
  if (file.size > most * MB) {
    say(interpolate(gettext("The file is larger than %(most)s MB."), { most }, true));
    return;
  }
  say("");
  showBusy(true);
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.responseType = "json";
  request.upload.addEventListener("progress", (event) => showShare(event.loaded, event.total));
  request.addEventListener("load", () => {
    if (request.status === 200 && request.response?.location) {
      const target = new URL(request.response.location, location.href);
      const here = target.pathname === location.pathname;
      location.assign(target);
      if (here) location.reload();
      return;
    }
    showBusy(false);
    say(request.response?.detail || gettext("The file could not be sent. Please try again."));
  });
  request.addEventListener("error", () => {
    showBusy(false);
    say(gettext("The connection was lost while the file was being sent. Nothing was kept; please send it again."));
  });
  request.send(new FormData(form));
}

form.addEventListener("submit", (event) => {
  const file = input.files?.[0];
  if (!file) return;
  event.preventDefault();
  send(file);
});

if (drop) {
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    drop.classList.toggle("chosen", Boolean(file));
    element("b", { within: drop }).textContent = file ? file.name : gettext("Choose a file, or drop it here");
    say("");
  });
  takeDropped(drop, ([file]) => chooseFor(input, file, "change"));
}
