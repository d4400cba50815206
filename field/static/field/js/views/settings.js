/** Settings: who, which area, sun mode, language, storage, version; and handing the phone on. */
import { el, icon } from "web/dom";
import { languageButton } from "field/shell/language";
import * as light from "field/shell/light";
import * as outbox from "field/up/outbox";
import * as pack from "field/down/pack";
import { pageHead, question, switchRow, toast } from "field/shell/pieces";
import * as position from "field/phone/position";
import * as router from "field/shell/router";
import { clock, say, size } from "field/shell/say";
import * as server from "field/phone/server";
import * as session from "field/phone/session";
import * as store from "field/phone/store";
import { cachedWhole, changeOver, newerWaits } from "field/shell/worker";

/** @param {HTMLElement} root */
export async function show(root) {
  const { areas, readiness } = await pack.held();
  const room = await store.room();
  const here = position.lastKnown();
  const version = el("span", { class: "value" }, "…");
  root.replaceChildren(
    pageHead(gettext("Settings"), router.back),
    el(
      "div",
      { class: "page-scroll" },
      el(
        "ul",
        { class: "panel" },
        el("li", {}, personLine()),
        session.person() && !session.mustSignIn() && el("li", {}, leaveLine()),
      ),
      el(
        "ul",
        { class: "panel" },
        el(
          "li",
          {},
          link(
            "download",
            gettext("Download my area"),
            areas.length
              ? `${areas.map((area) => area.name).join("、")} · ${readiness ? gettext("ready for offline") : gettext("not complete")}`
              : gettext("Nothing is on this phone yet"),
            "#/area",
          ),
        ),
        el("li", {}, link("map", gettext("Map"), null, "#/map")),
      ),
      el(
        "ul",
        { class: "panel" },
        el(
          "li",
          {},
          switchRow(
            gettext("Sun mode"),
            gettext("Black on white, larger, for bright light"),
            light.isSunny(),
            light.choose,
          ),
        ),
        el("li", { class: "line" }, icon("language"), el("span", {}, gettext("Language")), languageButton()),
      ),
      el(
        "ul",
        { class: "panel" },
        el(
          "li",
          { class: "line" },
          icon("locate"),
          el(
            "span",
            {},
            gettext("Position"),
            el(
              "small",
              {},
              here
                ? say(gettext("±%(n)s m, %(time)s"), { n: Math.round(here.accuracy), time: clock(here.at) })
                : gettext("none yet"),
            ),
          ),
        ),
        room &&
          el(
            "li",
            { class: "line" },
            icon("phone"),
            el(
              "span",
              {},
              gettext("Storage on the phone"),
              el(
                "small",
                {},
                say(gettext("%(used)s of %(allowed)s used"), { used: size(room.used), allowed: size(room.allowed) }),
              ),
            ),
          ),
        el("li", { class: "line" }, icon("refresh"), el("span", {}, gettext("Version")), version),
      ),
    ),
  );
  cachedWhole()
    .then(({ version: code, has, wanted }) => {
      version.textContent = has === wanted ? code : say(gettext("%(has)s of %(wanted)s files"), { has, wanted });
      if (newerWaits())
        version.replaceWith(el("button", { class: "button small", onclick: changeOver }, gettext("Use the new one")));
    })
    .catch(() => {});
}

function personLine() {
  const person = session.person();
  const named = person ? person.name || person.username : gettext("Nobody is signed in");
  const units = session
    .units()
    .map((unit) => unit.name)
    .join("、");
  return el(
    "div",
    { class: "line" },
    icon("user"),
    el("span", {}, named, units && el("small", {}, units)),
    session.mustSignIn() && el("a", { class: "button small", href: session.signInAddress() }, gettext("Sign in")),
  );
}

const leaveLine = () =>
  el(
    "button",
    { class: "line", id: "leave", onclick: leave },
    icon("lock"),
    el("span", {}, gettext("Sign out on this phone")),
    icon("next", "icon small"),
  );

async function leave() {
  const mine = (await outbox.records()).filter((record) => !outbox.isDone(record) && !outbox.isLocked(record));
  const sure = await question({
    title: gettext("Sign out on this phone?"),
    text: mine.length
      ? say(
          ngettext(
            "%(n)s record has not been sent. It stays on the phone, locked, until you sign in again.",
            "%(n)s records have not been sent. They stay on the phone, locked, until you sign in again.",
            mine.length,
          ),
          { n: mine.length },
        )
      : gettext("Everything has been sent."),
    yes: gettext("Sign out"),
  });
  if (!sure) return;
  try {
    await server.ask(`devices/${session.deviceId()}`, { method: "DELETE" });
    await server.signOut();
  } catch {
    toast(gettext("Signed out here; the server could not be told. The office can end this phone's access."), "bad");
  }
  await session.leave();
  router.replace("welcome");
}

const link = (iconName, words, small, href) =>
  el(
    "a",
    { class: "line", href },
    icon(iconName),
    el("span", {}, words, small && el("small", {}, small)),
    icon("next", "icon small"),
  );
