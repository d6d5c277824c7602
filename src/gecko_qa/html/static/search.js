"use strict";
// Search without a server. A concept that is named comes first, then whatever shares the most words
// with what was typed (BM25 over sections). The same question always finds the same.
(() => {
  const { fold, focusOnSlash } = window.geckoCombobox;
  const SHOWN = 20;
  const SNIPPET_CHARS = 240;
  const PREFIX_CHARS = 4; // A shorter word is looked for as it is, unless it is still being typed.
  const [K1, B] = [1.2, 0.75];
  const ASIDE = 0.7; // what takeaways and the like count for beside a level
  const [NAMED, BEGUN, ASKED] = [3, 1, 2]; // what each is worth, beside the words of a text

  const input = document.getElementById("gq-search");
  const list = document.getElementById("gq-hits");
  const status = document.getElementById("gq-search-status");
  const shelves = document.getElementById("gq-shelves");
  let texts = null;

  // --- The texts, folded once

  const singular = (word) => (word.length > 3 ? word.replace(/([^s])s$/, "$1") : word);
  const wordsOf = (text) => fold(text).split(" ").filter(Boolean).map(singular);
  const padded = (text) => ` ${wordsOf(text).join(" ")} `;

  function prepared({ plain, headings, asides, explainers }) {
    const told = explainers.map(([slug, title, aliases, asks, sections]) => ({
      slug,
      title,
      names: [title, ...aliases].map(padded),
      asks: asks.map(padded),
      sections: sections.map(([id, text]) => ({ id, text, folded: padded(text) })),
    }));
    const all = told.flatMap(({ sections }) => sections);
    const length = all.reduce((sum, { folded }) => sum + folded.length, 0) / (all.length || 1);
    return { plain: new Set(plain), asides: new Set(asides), headings, told, all, length };
  }

  // --- Scores

  // How often a word stands in a folded text: whole, or as the beginning of longer words.
  function count(folded, { word, open }) {
    const wanted = open ? ` ${word}` : ` ${word} `;
    let n = 0;
    for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, at + 1)) n += 1;
    return n;
  }

  // The words that say what a question is about, with their weights: the rarer, the more.
  function weighed(query) {
    const all = [...new Set(wordsOf(query))];
    const telling = all.filter((word) => !texts.plain.has(word));
    const last = /\s$/.test(query) ? "" : all[all.length - 1];
    return (telling.length ? telling : all).map((word) => {
      const wanted = { word, open: word === last || word.length >= PREFIX_CHARS };
      const n = texts.all.filter(({ folded }) => count(folded, wanted)).length;
      return { ...wanted, weight: Math.log(1 + (texts.all.length - n + 0.5) / (n + 0.5)) };
    });
  }

  const sum = (words) => words.reduce((total, { weight }) => total + weight, 0);
  const shared = (folded, words) => sum(words.filter((word) => count(folded, word)));

  function bm25({ id, folded }, words) {
    const norm = K1 * (1 - B + (B * folded.length) / texts.length);
    const told = words.reduce((total, word) => {
      const n = count(folded, word);
      return total + (word.weight * n * (K1 + 1)) / (n + norm);
    }, 0);
    return texts.asides.has(id) ? ASIDE * told : told;
  }

  // What the longest name in the query is worth, or one that the query begins.
  function named({ names }, words, query) {
    const whole = names.map((name) => {
      if (query.includes(name)) return NAMED * shared(name, words) + (query === name ? 100 : 0);
      return name.startsWith(query.trimEnd()) ? BEGUN * (100 * query.length) / name.length : 0;
    });
    return Math.max(0, ...whole);
  }

  function scored(explainer, words, query) {
    const found = explainer.sections.map((section) => ({ section, score: bm25(section, words) }));
    const text = found.reduce((best, next) => (next.score > best.score ? next : best));
    const name = named(explainer, words, query);
    const names = Math.max(...explainer.names.map((folded) => shared(folded, words)));
    const asks = Math.max(0, ...explainer.asks.map((folded) => shared(folded, words)));
    const isName = explainer.names.some((folded) => shared(folded, words) >= sum(words));
    // Who asks for a name alone wants to know what it is.
    const section = isName && name > 0 ? explainer.sections[0] : text.section;
    return { explainer, section, score: text.score + name + names + ASKED * asks };
  }

  function search(typed) {
    const words = weighed(typed);
    if (!words.length) return { words, hits: [] };
    const query = padded(typed);
    const all = texts.told.map((explainer) => scored(explainer, words, query));
    const hits = all.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score);
    return { words, hits: hits.slice(0, SHOWN) };
  }

  // --- What is shown

  // Where words of the query stand in a text.
  function places(text, words) {
    const matches = ({ word, open }, token) => (open ? token.startsWith(word) : token === word);
    return [...text.matchAll(/[\p{L}\p{M}\p{N}]+/gu)].flatMap((found) => {
      const tokens = wordsOf(found[0]);
      const hit = words.find((word) => tokens.some((token) => matches(word, token)));
      return hit ? [{ start: found.index, end: found.index + found[0].length, hit }] : [];
    });
  }

  // The part of a text that holds most of the words, from the beginning of a sentence or a word.
  function part(text, found) {
    if (text.length <= SNIPPET_CHARS) return [0, text.length];
    const worth = (from) => {
      const near = found.filter(({ start, end }) => start >= from && end <= from + SNIPPET_CHARS);
      return sum([...new Set(near.map(({ hit }) => hit))]);
    };
    const starts = [0, ...[...text.matchAll(/[.!?]\s+|\n/g)].map((m) => m.index + m[0].length)];
    starts.push(...found.map(({ start }) => start));
    const from = starts.reduce((best, next) => (worth(next) > worth(best) ? next : best));
    if (from + SNIPPET_CHARS >= text.length) return [from, text.length];
    return [from, text.lastIndexOf(" ", from + SNIPPET_CHARS)];
  }

  function snippet(text, words) {
    const found = places(text, words);
    const [from, to] = part(text, found);
    const shown = document.createElement("p");
    if (text.startsWith("- ")) shown.className = "gq-lines";
    let at = from;
    if (from > 0) shown.append("… ");
    for (const { start, end } of found.filter(({ start, end }) => start >= from && end <= to)) {
      const mark = document.createElement("mark");
      mark.className = "gq-mark";
      mark.textContent = text.slice(start, end);
      shown.append(text.slice(at, start), mark);
      at = end;
    }
    shown.append(text.slice(at, to), to < text.length ? " …" : "");
    return shown;
  }

  function itemOf({ explainer, section }, words) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = `${input.form.dataset.page.replace("SLUG", explainer.slug)}#${section.id}`;
    link.textContent = `${explainer.title} › ${texts.headings[section.id]}`;
    item.append(link, snippet(section.text, words));
    return item;
  }

  function show() {
    const typed = input.value.trim();
    if (!texts) return;
    const { words, hits } = search(input.value);
    list.replaceChildren(...hits.map((hit) => itemOf(hit, words)));
    list.hidden = !hits.length;
    shelves.hidden = hits.length > 0;
    const most = hits.length === SHOWN ? `The best ${SHOWN}` : `${hits.length}`;
    const found = hits.length ? `${most} found, ${hits[0].explainer.title} first.` : "";
    status.textContent = typed ? found || `Nothing here holds “${typed}”.` : "";
  }

  function keep() {
    const address = new URL(location.href);
    if (input.value.trim()) address.searchParams.set("q", input.value.trim());
    else address.searchParams.delete("q");
    history.replaceState(history.state, "", address);
  }

  async function ready() {
    if (texts) return;
    if (input.value.trim()) status.textContent = "Loading …";
    try {
      await window.geckoStatic.load("search-index.js");
      texts ??= prepared(window.geckoSearchIndex);
      show();
    } catch {
      status.textContent = "The texts could not be loaded. Try again in a moment.";
    }
  }

  // --- Keys

  function move(event) {
    const links = [...list.querySelectorAll("a")];
    const here = links.indexOf(document.activeElement);
    if (event.key === "Escape" && here >= 0) input.focus();
    else if (event.key === "ArrowDown" && here < links.length - 1) links[here + 1].focus();
    else if (event.key === "ArrowUp" && here >= 0) (links[here - 1] ?? input).focus();
    else return;
    event.preventDefault();
  }

  input.addEventListener("focus", ready);
  input.addEventListener("input", async () => {
    keep();
    await ready();
    show();
  });
  for (const place of [input, list]) place.addEventListener("keydown", move);
  input.form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await ready();
    list.querySelector("a")?.click();
  });
  focusOnSlash(input);
  input.value = new URLSearchParams(location.search).get("q") ?? input.value;
  if (input.value) ready();
})();
