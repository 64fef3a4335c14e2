// The list of depositors follows what is typed. Without this script the button does the same.
"use strict";

(() => {
  const box = document.querySelector("[data-rows]");
  const found = document.getElementById("found");
  let waiting;
  let asked;

  const show = async () => {
    asked?.abort();
    asked = new AbortController();
    const query = new URLSearchParams({ q: box.value });
    try {
      const answer = await fetch(`${box.dataset.rows}?${query}`, { signal: asked.signal });
      if (!answer.ok || answer.redirected) return; // the button asks again, and shows why not
      found.innerHTML = await answer.text();
      history.replaceState(null, "", `?${query}`);
    } catch (error) {
      if (error.name !== "AbortError") console.warn("The list could not be fetched:", error);
    }
  };

  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 200);
  });
})();
