"use strict";

// Terms inside passages: hover, focus or tap opens the term's definition in a popover. A click with
// a mouse follows the link, and so does a second tap. Listens on the document, since the chat
// replaces its answers.
(() => {
  if (!("showPopover" in HTMLElement.prototype)) return; // The terms stay links.

  const TEXT_ID = "gq-popover-text";
  const TERM = ".gq-term[data-define]";
  const OPEN_AFTER_MS = 250;
  const CLOSE_AFTER_MS = 300; // Time for the pointer to get from the term into the popover.
  const GAP_PX = 6;
  const EDGE_PX = 8;
  const LEAST_PX = 120; // What a popover needs, be it over the bar.

  const definitions = new Map();
  let popover = null;
  let term = null; // The term whose definition is open.
  let wanted = null; // The term whose definition is to open.
  let timer = 0;
  let touched = false;

  const spoken = document.createElement("div");
  spoken.className = "gq-hidden";
  spoken.setAttribute("role", "status");

  function definition(slug) {
    if (!definitions.has(slug)) definitions.set(slug, fetchDefinition(slug));
    return definitions.get(slug);
  }

  async function fetchDefinition(slug) {
    try {
      if (window.geckoStatic) return await window.geckoStatic.definition(slug);
      const reply = await fetch(`/gecko/definition/${encodeURIComponent(slug)}`);
      if (reply.ok) return await reply.text();
    } catch {
      // Without a network there is no definition, and the link is still a link.
    }
    definitions.delete(slug);
    return null;
  }

  // Resolves to whether there is a definition; what was wanted later goes before it.
  async function open(link) {
    clearTimeout(timer);
    if (link === term && isOpen()) return true;
    wanted = link;
    const html = await definition(link.dataset.define);
    if (wanted === link && link.isConnected && html !== null) show(link, html);
    return html !== null;
  }

  function show(link, html) {
    close();
    term = link;
    popover = makePopover(link, html);
    // Beside the term, so that Tab and a screen reader go from the one into the other.
    link.after(popover);
    popover.showPopover();
    link.setAttribute("aria-expanded", "true");
    link.setAttribute("aria-describedby", TEXT_ID);
    place();
  }

  function makePopover(link, html) {
    const made = document.createElement("div");
    made.className = "gq-popover";
    made.popover = "manual";
    made.setAttribute("role", "dialog");
    made.setAttribute("aria-label", `Definition of ${link.textContent}`);
    const template = document.createElement("template");
    template.innerHTML = html; // Our own server's, escaped there.
    made.append(quiet(template.content));
    made.querySelector(".gq-text").id = TEXT_ID;
    return made;
  }

  // In a popover a definition has no terms, tools or announcements of its own, and no title that
  // its text begins with anyway.
  function quiet(content) {
    content.querySelector(".gq-definition-named .gq-definition-title")?.remove();
    content.querySelectorAll(".gq-tools").forEach((tools) => tools.remove());
    content.querySelectorAll(TERM).forEach((inner) => inner.replaceWith(inner.textContent));
    content.querySelectorAll("[aria-live]").forEach((live) => live.removeAttribute("aria-live"));
    return content;
  }

  // Readers who hear the page are told what opened beside the term that they have come to.
  function say(text) {
    if (!spoken.isConnected) document.body.append(spoken);
    spoken.textContent = text;
  }

  function isOpen() {
    return popover !== null && popover.isConnected;
  }

  function close() {
    clearTimeout(timer);
    wanted = null;
    if (term) {
      term.removeAttribute("aria-expanded");
      term.removeAttribute("aria-describedby");
    }
    if (popover) popover.remove();
    popover = term = null;
  }

  // Below the term where there is room for all of it, else where there is more, and there it
  // scrolls. A term may be broken over lines: the popover stands at the last below it, and at the
  // first above it.
  function place() {
    const lines = [...term.getClientRects()];
    if (!lines.length) return;
    popover.style.maxHeight = "";
    const { offsetWidth: width, offsetHeight: height } = popover;
    const [first, last] = [lines[0], lines[lines.length - 1]];
    const below = innerHeight - EDGE_PX - last.bottom - GAP_PX;
    const above = first.top - GAP_PX - roof() - EDGE_PX;
    const isAbove = height > below && above > below;
    const shown = Math.min(height, Math.max(isAbove ? above : below, LEAST_PX));
    popover.style.maxHeight = `${shown}px`;
    const lowest = innerHeight - EDGE_PX - shown;
    const top = isAbove ? first.top - GAP_PX - shown : Math.min(last.bottom + GAP_PX, lowest);
    const right = document.documentElement.clientWidth - EDGE_PX - width;
    const left = Math.min((isAbove ? first : last).left, right);
    popover.style.left = `${Math.max(EDGE_PX, left)}px`;
    popover.style.top = `${Math.max(EDGE_PX, top)}px`;
  }

  // Where what sticks to the top of the window ends: the chat's bar, the strip of places.
  function roof() {
    const bar = document.querySelector("#gq-bar, .gq-rail");
    if (!bar || bar.contains(term)) return 0;
    const { left, right, bottom } = bar.getBoundingClientRect();
    const x = term.getBoundingClientRect().left;
    return left <= x && x <= right ? Math.max(bottom, 0) : 0;
  }

  function follow(event) {
    if (!isOpen() || event.target === popover) return;
    const box = term.getBoundingClientRect();
    const away = box.bottom < roof() || box.top > innerHeight;
    // A term that focus has just come to may still be on its way into view.
    if (away && document.activeElement !== term) close();
    else place();
  }

  function termOf(target) {
    return target instanceof Element ? target.closest(TERM) : null;
  }

  function isWithin(target) {
    if (!(target instanceof Node) || !isOpen()) return false;
    return popover.contains(target) || term.contains(target);
  }

  function closeSoon() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (!isWithin(document.activeElement) || !isFocusVisible()) close();
    }, CLOSE_AFTER_MS);
  }

  function isFocusVisible() {
    return document.activeElement.matches(":focus-visible");
  }

  function onPointerOver(event) {
    if (event.pointerType === "touch") return;
    if (isWithin(event.target)) {
      clearTimeout(timer);
      return;
    }
    const link = termOf(event.target);
    if (!link) return;
    definition(link.dataset.define);
    clearTimeout(timer);
    timer = setTimeout(() => open(link), OPEN_AFTER_MS);
  }

  function onPointerOut(event) {
    if (event.pointerType === "touch") return;
    const left = termOf(event.target) || isWithin(event.target);
    if (left && !isWithin(event.relatedTarget)) closeSoon();
  }

  function onPointerDown(event) {
    touched = event.pointerType === "touch";
    if (isOpen() && !isWithin(event.target)) close();
  }

  function onClick(event) {
    const link = termOf(event.target);
    if (!link || !touched || event.detail === 0) return; // 0: Enter, or a script
    if (link === term || link === wanted) return; // The second tap follows the link.
    event.preventDefault();
    openOrFollow(link);
  }

  async function openOrFollow(link) {
    if (!(await open(link))) location.assign(link.href);
  }

  async function openAndSay(link) {
    await open(link);
    if (link === term) say(document.getElementById(TEXT_ID).textContent);
  }

  function onFocusIn(event) {
    const link = termOf(event.target);
    if (link && link.matches(":focus-visible")) openAndSay(link);
  }

  function onFocusOut(event) {
    if (event.target === wanted) wanted = null;
    if (isWithin(event.target) && event.relatedTarget && !isWithin(event.relatedTarget)) close();
  }

  function onKeyDown(event) {
    if (event.key !== "Escape") return;
    clearTimeout(timer);
    wanted = null;
    if (!isOpen()) return;
    event.preventDefault();
    event.stopPropagation();
    const back = popover.contains(document.activeElement) ? term : null;
    close();
    if (back) focusQuietly(back);
  }

  // Gives focus back to the term without opening what was just closed.
  function focusQuietly(link) {
    document.removeEventListener("focusin", onFocusIn);
    link.focus({ preventScroll: true });
    document.addEventListener("focusin", onFocusIn);
  }

  document.addEventListener("pointerover", onPointerOver);
  document.addEventListener("pointerout", onPointerOut);
  document.addEventListener("pointerdown", onPointerDown);
  document.addEventListener("click", onClick, true);
  document.addEventListener("focusin", onFocusIn);
  document.addEventListener("focusout", onFocusOut);
  document.addEventListener("keydown", onKeyDown, true);
  document.addEventListener("scroll", follow, { passive: true, capture: true });
  addEventListener("resize", follow, { passive: true });
  addEventListener("pagehide", close);
})();
