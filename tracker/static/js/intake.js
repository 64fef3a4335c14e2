/* The counter's form, made quicker: every step of it works without this file too. */
"use strict";

const form = document.querySelector("[data-counter]");
if (form) {
  const lines = form.querySelector("[data-lines]");
  for (const button of form.querySelectorAll("[data-unscripted]")) button.hidden = true;
  findDepositors(form);
  editLines(lines, form.querySelector("[data-add]"));
  showNets(form, lines);
  showPremium(form);
  enterGoesOn(form);
}

/* The piece of a page at this address; nothing when the network, or the session, is gone. */
async function piece(address, options) {
  try {
    const answer = await fetch(address, { credentials: "same-origin", ...options });
    return answer.ok && !answer.redirected ? await answer.text() : null;
  } catch {
    return null;
  }
}

function put(text, place) {
  place.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
}

/* Calls `work` once its caller has been quiet for a moment; it is told whether it is still the latest call. */
function quietly(work, milliseconds) {
  let timer, latest = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const mine = ++latest;
      work(() => mine === latest);
    }, milliseconds);
  };
}

function findDepositors(form) {
  const input = form.elements.find, place = form.querySelector("[data-suggestions]");
  const newcomer = form.querySelector("[data-newcomer]"), { name, phone } = form.elements;

  const look = quietly(async (isLatest) => {
    const text = input.value.trim();
    if (!text) return place.replaceChildren();
    const asked = new URLSearchParams({ q: text, depot: form.elements.depot ? form.elements.depot.value : "" });
    const found = await piece(`${form.dataset.find}?${asked}`);
    if (found !== null && isLatest()) put(found, place);
  }, 200);
  input.addEventListener("input", look);

  place.addEventListener("click", (event) => {
    const button = event.target.closest("[data-id]");
    if (!button) return;
    choose(form, button.dataset.id, button.textContent);
    input.value = name.value = phone.value = "";
    newcomer.open = false;
    place.replaceChildren();
    form.querySelector("[data-line] select").focus();
    form.dispatchEvent(new Event("input"));
  });

  /* Arrow keys walk from the box through the suggestions and back. */
  form.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const stops = [input, ...place.querySelectorAll("button")], at = stops.indexOf(event.target);
    if (!step || at < 0 || !stops[at + step]) return;
    event.preventDefault();
    stops[at + step].focus();
  });

  /* Somebody new: what was looked for and not found is what would be typed again. */
  newcomer.addEventListener("toggle", () => {
    if (!newcomer.open || name.value || phone.value) return;
    const text = input.value.trim();
    (/^[\d\s+().-]+$/.test(text) ? phone : name).value = text;
    input.value = "";
    place.replaceChildren();
    name.focus();
  });
  newcomer.addEventListener("input", () => {
    const nobody = form.querySelector("#depositor-other");
    if (nobody) nobody.checked = true;
  });
}

function choose(form, id, label) {
  const radio = Object.assign(document.createElement("input"), {
    type: "radio", name: "depositor", id: `depositor-${id}`, value: id, checked: true,
  });
  const caption = Object.assign(document.createElement("label"), { htmlFor: radio.id, textContent: label });
  const choice = Object.assign(document.createElement("div"), { className: "choice" });
  choice.append(radio, caption);
  const nobody = form.querySelector("#depositor-other")?.parentElement;
  form.querySelector("[data-chosen]").replaceChildren(choice, ...(nobody ? [nobody] : []));
}

function editLines(lines, addButton) {
  const all = () => [...lines.children];
  const inputs = (line) => [...line.querySelectorAll("input, select")];
  const isBlank = (line) => inputs(line).every((input) => input.value.trim() === "");
  const spare = all().filter(isBlank).slice(all().every(isBlank) ? 1 : 0);
  for (const line of spare) line.remove();
  let next = 1 + Math.max(...all().map((line) => Number(inputs(line)[0].name.split("-")[1])), 0);

  const settle = () => {
    all().forEach((line, at) => {
      line.querySelector("[data-remove]").hidden = all().length === 1;
      const legend = line.querySelector("legend");
      legend.textContent = legend.textContent.replace(/\d+/, at + 1);
    });
    lines.dispatchEvent(new Event("input", { bubbles: true }));
  };

  addButton.addEventListener("click", (event) => {
    event.preventDefault();
    const line = lines.lastElementChild.cloneNode(true), number = next++;
    for (const error of line.querySelectorAll(".error")) error.remove();
    for (const field of line.querySelectorAll(".invalid")) field.classList.remove("invalid");
    for (const element of line.querySelectorAll("[id], [name], [for]")) {
      for (const name of ["id", "name", "for"]) {
        const value = element.getAttribute(name);
        if (value) element.setAttribute(name, value.replace(/^lines-\d+/, `lines-${number}`));
      }
      element.removeAttribute("aria-describedby");
      element.removeAttribute("aria-invalid");
    }
    for (const input of inputs(line)) input.value = "";
    lines.append(line);
    settle();
    inputs(line)[0].focus();
  });

  lines.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove]");
    if (!button) return;
    const line = button.closest("[data-line]"), neighbour = line.nextElementSibling ?? line.previousElementSibling;
    line.remove();
    settle();
    inputs(neighbour)[0].focus();
  });
  settle();
}

/* Whole grams of kilograms as people write them (12,5); 0 for nothing, null for what is no weight. */
function grams(text) {
  const plain = text.replace(/\s/g, "");
  const parts = /^(\d{1,7})(?:[.,](\d{1,3}))?$/.exec(plain);
  if (!parts) return plain ? null : 0;
  return Number(parts[1]) * 1000 + Number((parts[2] ?? "").padEnd(3, "0"));
}

function showNets(form, lines) {
  const shown = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 3 });
  const typicals = JSON.parse(form.dataset.typical);
  const value = (line, name) => line.querySelector(`[name$="-${name}"]`).value;

  const net = (line) => {
    const weights = ["gross", "tare", "refused"].map((name) => grams(value(line, name)));
    if (weights.includes(null)) return null;
    if (value(line, "gross").trim()) return { grams: weights[0] - weights[1] - weights[2], estimated: false };
    const pieces = Number(value(line, "pieces").replace(/\s/g, ""));
    const typical = typicals[value(line, "category")] ?? 0;
    return pieces * typical > 0 ? { grams: pieces * typical, estimated: true } : null;
  };

  lines.addEventListener("input", () => {
    for (const line of lines.children) {
      const found = net(line);
      line.querySelector("[data-net]").textContent = found && found.grams > 0
        ? `${shown.format(found.grams / 1000)}\u00a0kg${found.estimated ? ` (${form.dataset.estimate})` : ""}`
        : "–";
    }
  });
  lines.dispatchEvent(new Event("input"));
}

function showPremium(form) {
  const place = form.querySelector("[data-outcome]");
  const ask = quietly(async (isLatest) => {
    const found = await piece(form.dataset.preview, { method: "POST", body: new FormData(form) });
    if (!isLatest()) return;
    if (found !== null) return put(found, place);
    const sentence = Object.assign(document.createElement("p"), { className: "muted" });
    sentence.textContent = form.dataset.unreachable;
    place.replaceChildren(sentence);
  }, 300);
  form.addEventListener("input", ask);
  form.addEventListener("change", ask);
  ask();
}

/* Enter, and a scanner's or a scale's line end, goes to the next box; it never saves half an entry. */
function enterGoesOn(form) {
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input, select")) return;
    event.preventDefault();
    const first = form.querySelector("[data-suggestions] button");
    if (event.target === form.elements.find && first) return first.click();
    const stops = [...form.querySelectorAll("input, select, [data-add], [data-save]")].filter(
      (stop) => stop.offsetParent !== null && stop.tabIndex >= 0 && stop.type !== "hidden",
    );
    stops[stops.indexOf(event.target) + 1]?.focus();
  });
}
