/* A form is sent once: a second press does nothing, and the button says that the first was heard. Without this file
   the server answers a second press with the first one's record; this only spares the doubt. */
"use strict";

(() => {
  const sent = new Map(); // the button that sent a form, with what stood on it

  document.addEventListener("submit", (event) => {
    const form = event.target, button = event.submitter;
    if (form.method !== "post") return;
    if ([...sent.keys()].some((pressed) => pressed.form === form)) return event.preventDefault();
    if (event.defaultPrevented || !button) return;
    sent.set(button, [...button.childNodes]);
    button.setAttribute("aria-disabled", "true"); // not disabled: a disabled button keeps its value to itself
    const saves = button.matches(".button:not([formaction])");
    if (saves) button.replaceChildren(form.dataset.sending ?? document.body.dataset.sending);
  });

  /* Back again, from the browser's memory or another page that was never reached: every form can be sent. */
  window.addEventListener("pageshow", () => {
    for (const [button, words] of sent) {
      button.removeAttribute("aria-disabled");
      button.replaceChildren(...words);
    }
    sent.clear();
  });
})();
