"use strict";
/* The chat beyond what Gradio does: links that ask, passages that change their level, earlier
   answers, copies, feedback, and the keyboard. All of it listens on the document, since answers
   are replaced. */
(() => {
  const MAX_EARLIER = 20;
  let newest = null; // a copy of the newest answer, to stand below the next one
  let held = false; // whether a question waits for the page to open

  const byId = (id) => document.getElementById(id);
  const box = () => document.querySelector("#gq-question textarea");
  const current = () => document.querySelector("#gq-newest .gq-turn");

  function say(text) {
    const status = byId("gq-status");
    if (status) status.textContent = text;
  }

  function type(text) {
    const field = box();
    const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set;
    set.call(field, text);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function ask(question) {
    type(question);
    requestAnimationFrame(() => byId("gq-ask").click());
  }

  /* What the server refuses, or what never gets there */

  const CALL = "/gradio_api/run/predict";
  const UNREACHED = "The server cannot be reached just now. What you typed is still here: try again.";
  const UNTOLD = "The server could not answer that just now. Try again.";
  const fetchAny = window.fetch;

  window.fetch = async (...request) => {
    if (!String(request[0]?.url ?? request[0]).includes(CALL)) return fetchAny(...request);
    let reply;
    try {
      reply = await fetchAny(...request);
    } catch {
      // Gradio asks nothing more after a request that failed, but goes on after one refused.
      reply = Response.json({ message: UNREACHED }, { status: 503 });
    }
    refused(reply.ok ? "" : await reasonOf(reply.clone()));
    return reply;
  };

  async function reasonOf(reply) {
    try {
      return (await reply.json()).message || UNTOLD;
    } catch {
      return UNTOLD;
    }
  }

  function refused(reason) {
    byId("gq-refused")?.remove();
    if (!reason) return;
    delete document.documentElement.dataset.opening; // no answer is on its way any more
    const note = document.createElement("p");
    note.id = "gq-refused";
    note.className = "gq-note";
    note.setAttribute("role", "alert");
    note.textContent = reason;
    byId("gq-note")?.before(note);
  }

  /* Earlier answers */

  function earlier() {
    const place = byId("gq-earlier");
    let list = place.querySelector(".gq-earlier");
    if (!list) {
      list = document.createElement("div");
      list.className = "gq-earlier";
      place.append(list);
    }
    return list;
  }

  function keepBelow(article) {
    const list = earlier();
    list.prepend(article);
    while (list.children.length > MAX_EARLIER) list.lastElementChild.remove();
  }

  function settle() {
    const article = current();
    if (!article) {
      newest = null;
      return;
    }
    const came = !newest || newest.dataset.turn !== article.dataset.turn;
    if (came && newest) keepBelow(newest);
    const turned = !came && newest.dataset.link !== article.dataset.link;
    newest = article.cloneNode(true);
    if (!came && !turned) return;
    history.replaceState(null, "", article.dataset.link);
    document.title = `${article.querySelector(".gq-question").textContent} · gecko-qa`;
    say(article.dataset.said);
    if (!came) return;
    // The keyboard of a touch screen would lie over the answer.
    if (matchMedia("(pointer: coarse)").matches) box().blur();
    showStart(article);
  }

  // What comes into view stops below the bar, which grows with what can be undone.
  function measureBar() {
    const bar = byId("gq-bar").getBoundingClientRect();
    document.documentElement.style.setProperty("--gq-bar", `${Math.ceil(bar.height)}px`);
    return bar;
  }

  function showStart(article) {
    const bar = measureBar();
    const top = article.getBoundingClientRect().top;
    if (top < bar.bottom || top > innerHeight / 2) article.scrollIntoView({ block: "start" });
  }

  function cleared() {
    newest = null;
    earlier().remove();
    document.title = "gecko-qa";
    history.replaceState(null, "", "/");
    box().focus();
  }

  /* A passage at another level, in its place */

  async function swap(button) {
    const words = button.textContent;
    const card = button.closest(".gq-passage");
    const reply = await fetch(`/gecko/passage/${button.dataset.swap}`);
    if (!reply.ok) return say("This could not be had. Try again.");
    const holder = document.createElement("template");
    holder.innerHTML = (await reply.text()).trim(); // escaped by the server
    const now = holder.content.firstElementChild;
    card.replaceWith(now);
    const buttons = [...now.querySelectorAll("[data-swap]")];
    (buttons.find((b) => b.textContent === words) || buttons[0]).focus();
    say(now.dataset.cite);
  }

  /* Copies, with their citation */

  const dated = (card) => (card.dataset.updated ? `, updated ${card.dataset.updated}` : "");
  const address = (card) => new URL(card.dataset.href, location.origin).href;

  function plain(card) {
    const { text, cite } = card.dataset;
    return `${text}\n\n— ${cite}${dated(card)}. ${address(card)}\n`;
  }

  function markdown(card) {
    const { text, cite } = card.dataset;
    const quoted = text.replace(/^/gm, "> ").replace(/^> $/gm, ">");
    return `${quoted}\n>\n> — [${cite}](${address(card)})${dated(card)}\n`;
  }

  async function copy(text, button) {
    const words = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Could not copy";
    }
    say(button.textContent);
    setTimeout(() => (button.textContent = words), 2000);
  }

  function conversation() {
    const articles = [...document.querySelectorAll("#gq-newest .gq-turn, #gq-earlier .gq-turn")];
    return articles.reverse().map((article) => {
      const said = [...article.querySelectorAll(".gq-message")].map((p) => p.textContent);
      const quotes = [...article.querySelectorAll(".gq-passage[data-text]")].map(markdown);
      const sources = [...article.querySelectorAll(".gq-sources li")].map((item) => {
        const link = item.querySelector("a");
        return `- ${item.textContent.trim().replace(/\s+/g, " ")} <${link.href}>`;
      });
      const listed = sources.length ? [`Sources:\n\n${sources.join("\n")}`] : [];
      const title = article.querySelector(".gq-question").textContent;
      return [`## ${title}`, ...said, ...quotes, ...listed].join("\n\n");
    });
  }

  function save() {
    const title = document.querySelector(".gq-brand").textContent;
    const text = `# A conversation with ${title}\n\n${conversation().join("\n\n")}\n`;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/markdown" }));
    const name = title.toLowerCase().match(/[\p{L}\p{N}]+/gu) || ["conversation"];
    link.download = `${name.join("-")}.md`;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  const deeds = {
    copy: (button) => copy(plain(button.closest(".gq-passage")), button),
    "copy-markdown": (button) => copy(markdown(button.closest(".gq-passage")), button),
    link: (button) => {
      const link = button.closest(".gq-turn").dataset.link;
      copy(new URL(link, location.origin).href, button);
    },
    export: save,
    "as-typed": () => byId("gq-typed").click(),
  };

  /* Feedback */

  async function send(button) {
    const article = button.closest(".gq-turn");
    const line = article.querySelector("input[name=line]");
    const body = { ...JSON.parse(article.dataset.asked), verdict: button.dataset.verdict };
    if (line && line.value.trim()) body.line = line.value.trim();
    let message = "This could not be sent. Try again.";
    let taken = false;
    try {
      const headers = { "Content-Type": "application/json" };
      const reply = await fetch("/feedback", { method: "POST", headers, body: JSON.stringify(body) });
      taken = reply.ok;
      message = (await reply.json()).message || message;
    } catch {
      /* the message says it */
    }
    tell(button, message, taken);
  }

  /* What was not taken stays, with its line, to be sent again. */
  function tell(button, message, taken) {
    const place = button.closest(".gq-feedback") || button;
    place.parentElement.querySelector(".gq-told")?.remove();
    const told = document.createElement("p");
    told.className = "gq-meta gq-told";
    told.textContent = message;
    told.tabIndex = -1;
    if (taken) place.replaceWith(told);
    else place.after(told);
    if (taken) told.focus();
    say(message);
  }

  /* The keyboard and the pointer */

  // Gradio gives each choice a name of its own, anew at every turn. With one for all, a dial is
  // one stop of the Tab key, the arrow keys turn it, and a screen reader counts its choices.
  function nameDial(dial) {
    dial.setAttribute("role", "radiogroup");
    dial.setAttribute("aria-label", dial.querySelector(":scope > span").textContent);
    const name = () => {
      for (const input of dial.querySelectorAll("input")) {
        if (input.name !== dial.id) input.name = dial.id;
      }
    };
    new MutationObserver(name).observe(dial, { subtree: true, attributeFilter: ["name"] });
    name();
  }

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      box().focus();
    }
  });

  // A question asked while the page still opens waits, since what opens would take its place.
  function hold(event) {
    const asks =
      event.type === "click"
        ? event.target.closest?.("#gq-ask")
        : event.key === "Enter" && !event.shiftKey && event.target === box();
    if (!asks || !("opening" in document.documentElement.dataset)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    held = true;
  }

  function release() {
    if (!held || "opening" in document.documentElement.dataset) return;
    held = false;
    byId("gq-ask").click();
  }

  document.addEventListener("keydown", hold, true);
  document.addEventListener("keypress", hold, true);
  document.addEventListener("click", hold, true);
  new MutationObserver(release).observe(document.documentElement, { attributeFilter: ["data-opening"] });

  document.addEventListener("click", (event) => {
    const part = event.target.closest?.("[data-ask], [data-swap], [data-do], [data-verdict], #gq-clear");
    if (!part) return;
    if (part.matches("a")) {
      // What only the newest answer can do, an earlier one's link does by its address.
      const beyond = part.dataset.do && !current()?.contains(part);
      if (beyond || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      event.preventDefault();
    }
    if (part.dataset.ask) ask(part.dataset.ask);
    else if (part.dataset.swap) swap(part);
    else if (part.dataset.do) deeds[part.dataset.do](part);
    else if (part.dataset.verdict) send(part);
    else cleared();
  });

  // Gradio puts its parts on the page one by one.
  function once(selector, found) {
    const part = document.querySelector(selector);
    if (part) found(part);
    else requestAnimationFrame(() => once(selector, found));
  }

  once("#gq-bar", (bar) => new ResizeObserver(measureBar).observe(bar));
  once("#gq-level:has(input)", nameDial);
  once("#gq-audience:has(input)", nameDial);
  once("#gq-newest", (place) => {
    new MutationObserver(settle).observe(place, { childList: true, subtree: true });
    settle();
  });
})();
