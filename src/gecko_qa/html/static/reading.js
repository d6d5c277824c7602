"use strict";

// Reading pages: the rail marks the place that is read, and takeaways become tabs.
(() => {
  const READ_AT_PX = 130; // from the top of the window, below where an anchor lands

  function markPlaces(rail) {
    const links = [...rail.querySelectorAll('a[href^="#"]')];
    const places = links.map((link) => document.getElementById(link.hash.slice(1)));
    let asked = false;

    function mark() {
      asked = false;
      const now = placeNow(places);
      links.forEach((link, n) => setCurrent(rail, link, n === now));
    }

    function ask() {
      if (!asked) requestAnimationFrame(mark);
      asked = true;
    }

    addEventListener("scroll", ask, { passive: true });
    addEventListener("resize", ask, { passive: true });
    mark();
  }

  function placeNow(places) {
    const shown = places.map((place) => place && place.getClientRects().length > 0);
    if (scrollY > 0 && innerHeight + scrollY >= document.documentElement.scrollHeight - 2) {
      return shown.lastIndexOf(true);
    }
    const passed = (place, n) => shown[n] && place.getBoundingClientRect().top <= READ_AT_PX;
    return Math.max(places.findLastIndex(passed), shown.indexOf(true));
  }

  function setCurrent(rail, link, current) {
    if (current === link.hasAttribute("aria-current")) return;
    if (!current) {
      link.removeAttribute("aria-current");
      return;
    }
    link.setAttribute("aria-current", "location");
    keepInView(rail, link);
  }

  // Scrolls the rail alone: scrollIntoView would move the page too.
  function keepInView(rail, link) {
    const outer = rail.getBoundingClientRect();
    const inner = link.getBoundingClientRect();
    const left = inner.left - outer.left - (outer.width - inner.width) / 2;
    const top = inner.top - outer.top - (outer.height - inner.height) / 2;
    rail.scrollBy({ left, top, behavior: "instant" });
  }

  function makeTabs(box) {
    const panels = [...box.children];
    const list = document.createElement("div");
    list.className = "gq-tabs";
    list.setAttribute("role", "tablist");
    list.setAttribute("aria-labelledby", box.dataset.tabs);
    const tabs = panels.map((panel) => makeTab(panel));
    list.append(...tabs);
    box.prepend(list);
    box.classList.add("gq-tabbed");

    function show(chosen) {
      tabs.forEach((tab, n) => select(tab, panels[n], n === chosen));
    }

    function choose(chosen) {
      show(chosen);
      tabs[chosen].focus({ preventScroll: true });
      history.replaceState(history.state, "", `#${panels[chosen].id}`);
    }

    function showAddressed(smoothly) {
      const chosen = panels.findIndex((panel) => `#${panel.id}` === location.hash);
      if (chosen < 0) return;
      show(chosen);
      const behavior = smoothly ? "auto" : "instant";
      panels[chosen].scrollIntoView({ behavior });
    }

    tabs.forEach((tab, n) => tab.addEventListener("click", () => choose(n)));
    // Found by the browser's own search within the page.
    panels.forEach((panel, n) => panel.addEventListener("beforematch", () => show(n)));
    list.addEventListener("keydown", (event) => {
      const to = tabByKey(event.key, tabs.indexOf(document.activeElement), tabs.length);
      if (to === null) return;
      event.preventDefault();
      choose(to);
    });
    addEventListener("hashchange", () => showAddressed(true));
    show(0);
    showAddressed(false);
  }

  function makeTab(panel) {
    const tab = document.createElement("button");
    tab.type = "button";
    tab.id = `tab-${panel.id}`;
    tab.textContent = panel.querySelector("h3").textContent;
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panel.id);
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    return tab;
  }

  function select(tab, panel, chosen) {
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    if (chosen) {
      panel.removeAttribute("hidden");
      panel.removeAttribute("aria-hidden");
    } else {
      // Open to the browser's own search, and to nobody else.
      panel.setAttribute("hidden", "until-found");
      panel.setAttribute("aria-hidden", "true");
    }
  }

  function tabByKey(key, here, n) {
    const to = { ArrowRight: here + 1, ArrowLeft: here - 1 + n, Home: 0, End: n - 1 }[key];
    return to === undefined ? null : to % n;
  }

  document.querySelectorAll("[data-tabs]").forEach(makeTabs);
  document.querySelectorAll(".gq-rail").forEach(markPlaces);
})();
