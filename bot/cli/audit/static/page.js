// Finds rows by their words and by what they are. Everything is on the page without it.
"use strict";
(() => {
  const form = document.getElementById("find");
  if (!form) return;
  const rows = Array.from(document.querySelectorAll("#promotions tbody tr"));
  const links = (row) => Array.from(row.querySelectorAll("a"), (link) => link.getAttribute("href"));
  const words = rows.map((row) => [row.textContent, row.dataset.promotion, ...links(row)].join(" ").toLowerCase());
  const shown = document.getElementById("shown");
  const choices = Array.from(form.querySelectorAll("select"));
  const search = form.querySelector("input");

  const matches = (row, text) =>
    search.value.toLowerCase().split(/\s+/).every((word) => text.includes(word)) &&
    choices.every((choice) => !choice.value || row.dataset[choice.name].split(" ").includes(choice.value));

  const look = () => {
    let count = 0;
    rows.forEach((row, place) => {
      const fits = matches(row, words[place]);
      if (row.hidden === fits) row.hidden = !fits;
      count += fits ? 1 : 0;
    });
    const asked = [search.value.trim(), ...choices.filter((each) => each.value).map((each) => each.selectedOptions[0].text)];
    const filter = asked.filter(Boolean).join(", ");
    shown.textContent = `${count} of ${rows.length} shown` + (filter ? ` (filter: ${filter})` : "");
  };

  // Where there are very many rows, wait for the end of the word.
  const pause = rows.length > 1000 ? 250 : 0;
  let waiting;
  const soon = () => {
    clearTimeout(waiting);
    if (pause) waiting = setTimeout(look, pause);
    else look();
  };

  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", soon);
  form.addEventListener("reset", () => setTimeout(look));
  look();
})();
