/** On the assets' map: the way to the map of cases, at the same place, alone or with the assets beneath. */
import { config } from "web/config";
import { byId, el } from "web/dom";
import { state } from "mapping/state";

const { map } = config.extensions.cases;

/** The view as the address has it. */
const view = () => {
  const { view: seen } = state;
  return seen ? `${seen.zoom.toFixed(2)}/${seen.lat.toFixed(5)}/${seen.lon.toFixed(5)}` : "";
};

/** @param {string} words @param {string[]} more what the address adds to the view */
function link(words, more) {
  const made = el("a", { href: map }, words);
  made.addEventListener("click", () => {
    made.setAttribute("href", `${map}#${[view(), ...more].filter(Boolean).join("&")}`);
  });
  return made;
}

byId("bar").prepend(
  el(
    "nav",
    { class: "map-switch", "aria-label": gettext("Shown on the map") },
    el(
      "a",
      { href: location.pathname, "aria-current": "true", onclick: (event) => event.preventDefault() },
      gettext("Assets"),
    ),
    link(gettext("Cases"), []),
    link(gettext("Both"), ["both"]),
  ),
);
