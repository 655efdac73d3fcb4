// The page is complete without this: it lets the lines of the map choose a route, and Escape undo it.
"use strict";
(() => {
  const pick = (letter) => {
    const radio = document.getElementById("show-" + letter);
    if (radio) radio.checked = true;
  };
  document.addEventListener("click", (event) => {
    const on = event.target instanceof Element && event.target.closest("[data-on]");
    if (!on) return;
    const letters = on.dataset.on;
    const now = document.querySelector("input[name=show]:checked");
    const at = now ? letters.indexOf(now.id.slice(5)) : -1;
    // A line that several routes share gives each of them in turn.
    pick(letters[(at + 1) % letters.length]);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    pick("all");
    // Focus leaves the card with the choice, for a card in focus is drawn out too.
    const all = document.getElementById("show-all");
    if (all && document.activeElement.matches(".pick")) all.focus({ preventScroll: true });
  });
})();
