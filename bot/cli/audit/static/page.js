// Finds rows by their words and by what they are. Everything is on the page without it.
"use strict";
(() => {
  const form = document.getElementById("find");
  const rows = Array.from(document.querySelectorAll("#promotions tbody tr"));
  const words = rows.map((row) => row.textContent.toLowerCase());
  const shown = document.getElementById("shown");
  const choices = Array.from(form.querySelectorAll("select"));
  const search = form.querySelector("input");

  const matches = (row, text) =>
    search.value.toLowerCase().split(/\s+/).every((word) => text.includes(word)) &&
    choices.every((choice) => !choice.value || row.dataset[choice.name].split(" ").includes(choice.value));

  const look = () => {
    let count = 0;
    rows.forEach((row, place) => {
      row.hidden = !matches(row, words[place]);
      count += row.hidden ? 0 : 1;
    });
    const asked = [search.value.trim(), ...choices.filter((each) => each.value).map((each) => each.selectedOptions[0].text)];
    const filter = asked.filter(Boolean).join(", ");
    shown.textContent = `${count} of ${rows.length} shown` + (filter ? ` (filter: ${filter})` : "");
  };

  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", look);
  form.addEventListener("reset", () => setTimeout(look));
  look();
})();
