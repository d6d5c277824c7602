"use strict";
// The look-up: the definition of the first match stands below the box as one types.
(() => {
  const { attach, focusOnSlash, readNames } = window.geckoCombobox;
  const input = document.getElementById("gq-term");
  const place = document.getElementById("gq-lookup-definition");
  const missing = document.getElementById("gq-lookup-missing");
  const names = readNames(document);
  const fetched = new Map();
  let wanted = "";

  async function fetchDefinition(slug) {
    const reply = await fetch(`/gecko/definition/${encodeURIComponent(slug)}`);
    if (!reply.ok) throw new Error(`The server answered ${reply.status}.`);
    return reply.text();
  }

  async function load(slug) {
    const html = await (window.geckoStatic?.definition ?? fetchDefinition)(slug);
    const holder = document.createElement("template");
    // A fragment of our own, which was escaped when it was made.
    holder.innerHTML = html;
    return holder.content;
  }

  function definitionOf(slug) {
    if (!fetched.has(slug)) {
      const loading = load(slug);
      // What failed is asked for again the next time.
      loading.catch(() => fetched.delete(slug));
      fetched.set(slug, loading);
    }
    return fetched.get(slug);
  }

  function put(...nodes) {
    place.replaceChildren(...nodes);
    place.hidden = nodes.length === 0;
  }

  async function showDefinition(slug) {
    if (place.querySelector("[data-passage]")?.dataset.passage.split("#")[0] === slug) return;
    try {
      const content = await definitionOf(slug);
      // A reply that comes late never replaces what is wanted by now.
      if (wanted === slug) put(content.cloneNode(true));
    } catch {
      if (wanted === slug) put("The definition could not be loaded. Try again in a moment.");
    }
  }

  function showMissing(term) {
    const content = missing.content.cloneNode(true);
    content.querySelector(".gq-no-definition").textContent =
      `Nothing here is called “${term}”.`;
    const link = content.querySelector(".gq-no-definition-ask");
    const question = `What is ${term}?`;
    const query = new URLSearchParams({ q: question });
    link.href = `${link.getAttribute("href").split("?")[0]}?${query}`;
    link.querySelector("span").textContent = question;
    put(content);
  }

  function remember(term) {
    const address = new URL(window.location.href);
    if (term) address.searchParams.set("term", term);
    else address.searchParams.delete("term");
    address.hash = "";
    window.history.replaceState(window.history.state, "", address);
  }

  function show(entry, term) {
    wanted = entry ? entry.slug : "";
    remember(term);
    if (entry) showDefinition(entry.slug);
    else if (term) showMissing(term);
    else put();
  }

  const box = attach({
    input,
    list: document.getElementById("gq-lookup-list"),
    status: document.getElementById("gq-lookup-status"),
    names: () => names,
    shown: show,
  });
  // Every keystroke looks up, and Enter takes what is shown: there is nothing to send.
  input.form.addEventListener("submit", (event) => {
    event.preventDefault();
    box.refresh();
    box.close();
  });
  input.form.classList.add("gq-live");
  focusOnSlash(input);

  const term = new URLSearchParams(window.location.search).get("term") ?? "";
  if (term.trim()) {
    input.value = term;
    box.refresh();
    box.close();
  }
})();
