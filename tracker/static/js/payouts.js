/* What the ticked drop-offs come to, debts repaid first: the page works without it. */
"use strict";

const chosen = document.querySelector("[data-chosen]");
if (chosen) {
  const boxes = [...document.querySelectorAll("[data-francs]")];
  const francs = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 0 });
  const sum = () => {
    const ticked = boxes.filter((box) => box.checked).reduce((total, box) => total + Number(box.dataset.francs), 0);
    const left = ticked - Number(chosen.dataset.debt);
    chosen.querySelector("[data-sum]").textContent = chosen.dataset.shown.replace("0", francs.format(left));
  };
  for (const box of boxes) box.addEventListener("change", sum);
  chosen.hidden = false;
  sum();
}
