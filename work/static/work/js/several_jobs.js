/** The list of jobs: those that are chosen are counted, and what can be done to all of them shows beside the count. */
import { dataOf, element, every, first, targetOf } from "web/dom";

const several = first("[data-several]");
if (several) connectSeveral(several);

/** Counts the chosen jobs; the bar with what can be done to them shows while there are any. */
function connectSeveral(form) {
  const boxes = () => every(`input[name="job"][form="${form.id}"]`, { kind: HTMLInputElement });
  const all = first("[data-all]", { kind: HTMLInputElement });
  const count = element("[data-several-count]", { within: form, kind: HTMLElement });
  const show = () => {
    const checkedCount = boxes().filter((box) => box.checked).length;
    form.dataset.chosen = String(checkedCount);
    count.textContent = checkedCount
      ? interpolate(ngettext("%(n)s job chosen", "%(n)s jobs chosen", checkedCount), { n: checkedCount }, true)
      : dataOf(count, "none");
    if (all) {
      all.checked = checkedCount > 0 && checkedCount === boxes().length;
      all.indeterminate = checkedCount > 0 && !all.checked;
    }
  };
  document.addEventListener("change", (event) => {
    const isAll = all !== null && event.target === all;
    if (isAll) for (const box of boxes()) box.checked = all.checked;
    if (isAll || targetOf(event).getAttribute("name") === "job") show();
  });
  addEventListener("pageshow", show);
  show();
}
