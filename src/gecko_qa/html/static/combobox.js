"use strict";
// An editable combobox with a list of matches (ARIA 1.2), and the search through names behind it.
(() => {
  const SHOWN = 8;

  // Lower case, without accents, every run of anything but letters and digits as one space.
  function fold(text) {
    const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
    return plain.replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  }

  function named(name, title, slug) {
    const folded = fold(name);
    return { name, title, slug, folded, joined: folded.replaceAll(" ", "") };
  }

  // The explainer that a link leads to, on the server or in a folder of files.
  function slugOf(link) {
    return link.getAttribute("href").split("/").pop().replace(/\.html$/, "");
  }

  // The names that a page lists already: a link to an explainer, and its aliases beside it.
  function readNames(root) {
    return [...root.querySelectorAll(".gq-letter li")].flatMap((item) => {
      const link = item.querySelector("a");
      const slug = slugOf(link);
      const aliases = [...item.querySelectorAll("small span")];
      return [link, ...aliases].map((e) => named(e.textContent, link.textContent, slug));
    });
  }

  function rank(entry, wanted, joined) {
    if (entry.folded === wanted) return 0;
    if (entry.folded.startsWith(wanted)) return 1;
    if ((" " + entry.folded).includes(" " + wanted)) return 2;
    return entry.folded.includes(wanted) || entry.joined.includes(joined) ? 3 : 4;
  }

  // Each concept once, by the name that fits best: at the beginning of the name, at the beginning
  // of a word, then inside; the shorter name first.
  function search(names, text) {
    const wanted = fold(text);
    if (!wanted) return [];
    const joined = wanted.replaceAll(" ", "");
    const ranked = names.map((entry) => [rank(entry, wanted, joined), entry]);
    const hits = ranked.filter(([place]) => place < 4).sort(
      ([a, x], [b, y]) =>
        a - b || x.name.length - y.name.length || (x.folded < y.folded ? -1 : x.folded > y.folded),
    );
    const seen = new Set();
    return hits.map(([, entry]) => entry).filter((e) => !seen.has(e.slug) && seen.add(e.slug));
  }

  function optionFor(entry, id) {
    const option = document.createElement("li");
    option.id = id;
    option.setAttribute("role", "option");
    option.append(entry.name);
    if (entry.name !== entry.title) {
      const title = document.createElement("small");
      title.textContent = entry.title;
      option.append(" ", title);
    }
    return option;
  }

  // `names` returns what to search; `shown(entry, text)` is told of the match that is active and
  // `picked(entry)` of the one that is chosen, both with null where nothing matches.
  function attach({ input, list, status, names, shown = () => {}, picked = () => {} }) {
    let hits = [];
    let active = -1;

    function activate(place) {
      active = place;
      [...list.children].forEach((option, n) => {
        option.setAttribute("aria-selected", String(n === place));
        if (n === place) option.scrollIntoView({ block: "nearest" });
      });
      if (place < 0) input.removeAttribute("aria-activedescendant");
      else input.setAttribute("aria-activedescendant", list.children[place].id);
      shown(hits[place] ?? null, input.value.trim());
    }

    function open(isOpen) {
      list.hidden = !isOpen;
      input.setAttribute("aria-expanded", String(isOpen));
      if (!isOpen) input.removeAttribute("aria-activedescendant");
    }

    function announce() {
      const total = hits.length;
      const first = total ? `, ${hits[0].name} first` : "";
      const count = total === 1 ? "1 concept matches" : `${total || "No"} concepts match`;
      status.textContent = input.value.trim() ? `${count}${first}.` : "";
    }

    function refresh() {
      hits = search(names(), input.value).slice(0, SHOWN);
      list.replaceChildren(...hits.map((hit, n) => optionFor(hit, `${list.id}-${n}`)));
      open(hits.length > 0);
      activate(hits.length ? 0 : -1);
      announce();
    }

    function pick(place) {
      const hit = hits[place] ?? null;
      if (hit) {
        activate(place);
        input.value = hit.name;
        shown(hit, hit.name);
      }
      open(false);
      picked(hit);
    }

    function clear() {
      if (list.hidden) {
        input.value = "";
        refresh();
      }
      open(false);
    }

    const moves = {
      ArrowDown: () => (active + 1) % hits.length,
      ArrowUp: () => (active - 1 + hits.length) % hits.length,
      Home: () => 0,
      End: () => hits.length - 1,
    };

    function press(event) {
      if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
      const isMove = event.key in moves && !event.shiftKey && hits.length > 0;
      if (event.key === "Enter") pick(Math.max(active, 0));
      else if (event.key === "Escape") clear();
      else if (isMove && !list.hidden) activate(moves[event.key]());
      else if (isMove && event.key.startsWith("Arrow")) {
        open(true);
        activate(Math.max(active, 0));
      } else return;
      event.preventDefault();
    }

    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    open(false);
    input.addEventListener("input", refresh);
    input.addEventListener("keydown", press);
    // Before the box loses the focus to the list.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest('[role="option"]');
      if (option) pick([...list.children].indexOf(option));
    });
    return { refresh, close: () => open(false) };
  }

  function isTyping(element) {
    return Boolean(element?.closest("input, textarea, select, [contenteditable]"));
  }

  // "/" leads to the box, from wherever nothing is typed.
  function focusOnSlash(input) {
    document.addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target)) return;
      event.preventDefault();
      input.focus();
      input.select();
    });
  }

  window.geckoCombobox = { attach, focusOnSlash, fold, isTyping, named, readNames, search, slugOf };
})();
