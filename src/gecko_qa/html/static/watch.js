"use strict";
// Asks, while an author writes, whether what this page shows has changed, and what is wrong.
(() => {
  const EVERY_MS = 500;
  const GONE_MS = 3000;
  const script = document.currentScript;
  const slug = script?.dataset.slug ?? "";
  let seen = script?.dataset.seen;
  let shown = "";

  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = "/gecko/watch.css";
  document.head.append(style);

  const holder = document.createElement("div");
  holder.id = "gq-watch";
  holder.hidden = true;
  holder.setAttribute("role", "status");
  holder.setAttribute("aria-label", "The watched corpus");

  function element(name, text) {
    const made = document.createElement(name);
    made.textContent = text;
    return made;
  }

  function faults(news) {
    const list = document.createElement("ul");
    for (const problem of news.problems) list.append(element("li", problem));
    const title = element("p", "The last save cannot be used. This is the version before it.");
    title.className = "gq-watch-title";
    return [title, news.problems.length ? list : element("p", news.fault)];
  }

  function change(news) {
    const line = element("p", `The corpus has changed: ${news.changed.join(", ")}. `);
    const link = element("a", "Show it");
    link.href = location.href;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      location.reload();
    });
    line.append(link);
    return [line];
  }

  function show(news) {
    const changed = news.seen !== seen;
    if (changed && slug && news.seen) {
      location.reload(); // the browser keeps the place
      return false;
    }
    const told = news.fault ? faults(news) : changed ? change(news) : [];
    // What is said already is not said again to those who listen to the page.
    const now = told.map((part) => part.textContent).join("\n");
    if (now !== shown) {
      shown = now;
      holder.replaceChildren(...told);
      holder.hidden = told.length === 0;
      holder.classList.toggle("gq-watch-fault", Boolean(news.fault));
    }
    return true;
  }

  async function look() {
    let wait = EVERY_MS;
    try {
      const reply = await fetch(`/gecko/watch?slug=${encodeURIComponent(slug)}`);
      const news = await reply.json();
      seen ??= news.seen;
      if (!show(news)) return;
    } catch {
      wait = GONE_MS; // the server has stopped, and may come back
    }
    setTimeout(look, wait);
  }

  function begin() {
    document.body.append(holder);
    look();
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
