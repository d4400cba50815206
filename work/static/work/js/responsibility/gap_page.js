/** The page of gaps: what leads to the map has them shown there. */
import { byId } from "web/dom";
import { rememberShown } from "work/responsibility/shown";

byId("gaps-on-the-map").addEventListener("click", () => rememberShown(true));
