"use strict";

// The list of explainers: filters as one types, and keeps what was typed in the address.
(() => {
  const box = document.querySelector("#filter");
  const count = document.querySelector("#filter-count");
  const nothing = document.querySelector(".gq-nothing");
  const shelves = [...document.querySelectorAll(".gq-column .gq-section")].map(readShelf);
  const rows = shelves.flatMap((shelf) => shelf.rows);
  const all = count.textContent;

  function readShelf(section) {
    return {
      section,
      link: document.querySelector(`.gq-rail a[href="#${CSS.escape(section.id)}"]`),
      rows: [...section.querySelectorAll("li")].map(readRow),
    };
  }

  function readRow(item) {
    const aliases = item.dataset.also.split("|").filter(Boolean);
    return {
      item,
      text: searchable(item.textContent),
      aliases: aliases.map((alias) => ({ alias, text: searchable(alias) })),
      why: null,
    };
  }

  // Without accents, case and punctuation; a hyphened word stands there in one piece too.
  function fold(text) {
    const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
    return plain.replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  }

  function searchable(text) {
    return ` ${fold(text)} ${fold(text.replace(/[-‐‑–]/g, ""))}`;
  }

  // Each word that was typed begins a word of the text.
  function holds(text, words) {
    return words.every((word) => text.includes(` ${word}`));
  }

  // Returns the alias that lets the row in, "" where its own text does, null where nothing does.
  function reason(row, words) {
    if (holds(row.text, words)) return "";
    const by = row.aliases.find(({ text }) => holds(text, words));
    if (by) return by.alias;
    const everything = row.text + row.aliases.map(({ text }) => text).join("");
    return holds(everything, words) ? "" : null;
  }

  function showRow(row, words) {
    const why = reason(row, words);
    row.item.hidden = why === null;
    if (row.why) row.why.remove();
    row.why = why ? document.createElement("small") : null;
    if (!row.why) return;
    row.why.textContent = `also called ${why}`;
    row.item.querySelector("span").append(row.why);
  }

  function showShelf(shelf) {
    const empty = shelf.rows.every((row) => row.item.hidden);
    shelf.section.hidden = empty;
    shelf.link.hidden = empty;
  }

  function filter() {
    const words = fold(box.value).split(" ").filter(Boolean);
    rows.forEach((row) => showRow(row, words));
    shelves.forEach(showShelf);
    const n = rows.filter((row) => !row.item.hidden).length;
    count.textContent = words.length ? `${n} of ${all}` : all;
    nothing.hidden = n > 0;
    nothing.querySelector("span").textContent = box.value.trim();
    const ask = nothing.querySelector("a");
    const query = new URLSearchParams({ q: `What is ${box.value.trim()}?` });
    ask.href = `${ask.getAttribute("href").split("?")[0]}?${query}`;
    dispatchEvent(new Event("resize")); // the rail's places have moved
  }

  function keep() {
    const address = new URL(location.href);
    if (box.value.trim()) address.searchParams.set("filter", box.value.trim());
    else address.searchParams.delete("filter");
    history.replaceState(history.state, "", address);
  }

  function openFirst(event) {
    event.preventDefault();
    const first = rows.find((row) => !row.item.hidden);
    if (box.value.trim() && first) first.item.querySelector("a").click();
  }

  function isTyping(element) {
    return element.matches("input, textarea, select, [contenteditable]");
  }

  function focusBySlash(event) {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target)) return;
    event.preventDefault();
    box.focus();
    box.select();
  }

  function clearByEscape(event) {
    if (event.key !== "Escape" || !box.value) return;
    event.preventDefault();
    box.value = "";
    box.dispatchEvent(new Event("input"));
  }

  box.addEventListener("input", () => {
    filter();
    keep();
  });
  box.addEventListener("keydown", clearByEscape);
  box.form.addEventListener("submit", openFirst);
  document.addEventListener("keydown", focusBySlash);

  // What is asked for in the address, and what the browser put back on the way to this page.
  box.value = new URLSearchParams(location.search).get("filter") || "";
  if (box.value) filter();
  addEventListener("pageshow", filter);
})();
