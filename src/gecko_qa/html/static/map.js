"use strict";
// The map: zoom, move, walk from concept to concept, and see what one hangs together with.
(() => {
  const { attach, focusOnSlash, isTyping, named, readNames, slugOf } = window.geckoCombobox;
  const drawing = document.querySelector(".gq-map-drawing");
  if (!drawing) return;
  const frame = drawing.parentElement;
  const whole = drawing.viewBox.baseVal;
  const size = { width: whole.width, height: whole.height };
  const STEP = 1.4;
  const MAX_SCALE = 2.5;
  const READABLE = 0.85;
  const MARGIN = 24;
  const DRAG_PIXELS = 5;

  // --- Nodes and their neighbours

  const nodes = [...drawing.querySelectorAll(".gq-map-node")].map((link) => {
    const box = link.querySelector("rect");
    const [x, y, width, height] = ["x", "y", "width", "height"].map((side) =>
      Number(box.getAttribute(side)),
    );
    const slug = slugOf(link);
    return { link, slug, x: x + width / 2, y: y + height / 2, width, height };
  });
  const bySlug = new Map(nodes.map((node) => [node.slug, node]));
  const byLink = new Map(nodes.map((node) => [node.link, node]));

  function neighbours(node, kind) {
    const slugs = node.link.dataset[kind].split(" ");
    return slugs.map((slug) => bySlug.get(slug)).filter(Boolean);
  }

  function nodeAt(target) {
    return byLink.get(target.closest?.(".gq-map-node")) ?? null;
  }

  // --- The part in view: its middle, and pixels of the page a unit of the drawing

  const view = { x: size.width / 2, y: size.height / 2, scale: 1 };

  function fitting() {
    return Math.min(drawing.clientWidth / size.width, drawing.clientHeight / size.height);
  }

  function bounded(middle, seen, all) {
    if (seen >= all) return all / 2;
    return Math.min(Math.max(middle, seen / 2), all - seen / 2);
  }

  function look(x, y, scale) {
    view.scale = Math.min(Math.max(scale, fitting()), MAX_SCALE);
    const width = drawing.clientWidth / view.scale;
    const height = drawing.clientHeight / view.scale;
    view.x = bounded(x, width, size.width);
    view.y = bounded(y, height, size.height);
    const corner = [view.x - width / 2, view.y - height / 2];
    drawing.setAttribute("viewBox", [...corner, width, height].join(" "));
  }

  // Zoom so that the point of the drawing under (`clientX`, `clientY`) stays where it is.
  function zoomAt(factor, clientX, clientY) {
    const box = drawing.getBoundingClientRect();
    const right = clientX - box.left - box.width / 2;
    const down = clientY - box.top - box.height / 2;
    const scale = Math.min(Math.max(view.scale * factor, fitting()), MAX_SCALE);
    const shift = 1 / view.scale - 1 / scale;
    look(view.x + right * shift, view.y + down * shift, scale);
  }

  const zooms = {
    in: () => look(view.x, view.y, view.scale * STEP),
    out: () => look(view.x, view.y, view.scale / STEP),
    all: () => look(size.width / 2, size.height / 2, fitting()),
  };

  // Move no more than it takes to see the whole label.
  function bringIntoView(node) {
    const near = (middle, place, seen, length) => {
      const room = Math.max(seen / 2 - length / 2 - MARGIN / view.scale, 0);
      return Math.min(Math.max(middle, place - room), place + room);
    };
    const x = near(view.x, node.x, drawing.clientWidth / view.scale, node.width);
    const y = near(view.y, node.y, drawing.clientHeight / view.scale, node.height);
    look(x, y, view.scale);
  }

  // See all of `some` at once, if that can be read.
  function lookAt(some) {
    const ends = (middle, length) => [
      Math.min(...some.map((node) => node[middle] - node[length] / 2)) - MARGIN,
      Math.max(...some.map((node) => node[middle] + node[length] / 2)) + MARGIN,
    ];
    const [left, right] = ends("x", "width");
    const [top, bottom] = ends("y", "height");
    const wide = drawing.clientWidth / (right - left);
    const scale = Math.min(wide, drawing.clientHeight / (bottom - top), 1);
    look((left + right) / 2, (top + bottom) / 2, Math.max(scale, READABLE / 2));
  }

  // --- What is lit

  const litEdges = ["related", "confused"].map((kind) => {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("class", `gq-map-${kind} gq-map-lit-edges`);
    drawing.insertBefore(path, nodes[0].link);
    return [kind, path];
  });
  let chosen = "";

  function light(lit, from = null) {
    drawing.classList.toggle("gq-map-dim", lit.size > 0);
    for (const node of nodes) node.link.classList.toggle("gq-map-lit", lit.has(node));
    for (const [kind, path] of litEdges) {
      const ends = from ? neighbours(from, kind) : [];
      path.setAttribute("d", ends.map((n) => `M${from.x} ${from.y}L${n.x} ${n.y}`).join(""));
    }
  }

  function lightAround(node) {
    const around = [...neighbours(node, "related"), ...neighbours(node, "confused")];
    light(new Set([node, ...around]), node);
  }

  function inCategory(category) {
    return nodes.filter((node) => node.link.dataset.category === category);
  }

  function lightChosen() {
    light(new Set(chosen ? inCategory(chosen) : []));
  }

  function lightFocused() {
    const focused = nodeAt(document.activeElement);
    if (focused) lightAround(focused);
    else lightChosen();
  }

  // --- One node takes part in the order of Tab; arrow keys go on from it

  let current = null;

  function setCurrent(node) {
    current?.link.setAttribute("tabindex", "-1");
    current = node;
    current.link.setAttribute("tabindex", "0");
  }

  function goTo(node) {
    setCurrent(node);
    bringIntoView(node);
    node.link.focus({ preventScroll: true });
  }

  const WAYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

  // The nearest label that lies more in the way of the arrow than beside it.
  function nearest(from, [right, down]) {
    let best = null;
    let least = Infinity;
    for (const node of nodes) {
      const ahead = (node.x - from.x) * right + (node.y - from.y) * down;
      const aside = Math.abs((node.x - from.x) * down) + Math.abs((node.y - from.y) * right);
      const distance = ahead + 2 * aside;
      if (node !== from && ahead > 0 && aside <= 1.5 * ahead && distance < least) {
        [best, least] = [node, distance];
      }
    }
    return best;
  }

  function press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const node = nodeAt(event.target);
    if (event.key in WAYS && node) {
      const next = nearest(node, WAYS[event.key]);
      if (next) goTo(next);
    } else if (event.key === "+" || event.key === "=") zooms.in();
    else if (event.key === "-") zooms.out();
    else if (event.key === "0") zooms.all();
    else return;
    event.preventDefault();
    if (node && current === node && !(event.key in WAYS)) bringIntoView(node);
  }

  // --- Drag and pinch

  const fingers = new Map();
  let dragged = false;
  let start = null;

  function spread() {
    const [a, b] = [...fingers.values()];
    const middle = [(a.clientX + b.clientX) / 2, (a.clientY + b.clientY) / 2];
    return [Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY), ...middle];
  }

  function pinch(event) {
    const [before, x, y] = spread();
    fingers.set(event.pointerId, event);
    const [after, nextX, nextY] = spread();
    look(view.x - (nextX - x) / view.scale, view.y - (nextY - y) / view.scale, view.scale);
    if (before > 0) zoomAt(after / before, nextX, nextY);
  }

  function drag(event) {
    const before = fingers.get(event.pointerId);
    const far = Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY);
    if (!dragged && far < DRAG_PIXELS) return;
    if (!dragged) drawing.setPointerCapture(event.pointerId);
    dragged = true;
    fingers.set(event.pointerId, event);
    const x = view.x - (event.clientX - before.clientX) / view.scale;
    look(x, view.y - (event.clientY - before.clientY) / view.scale, view.scale);
  }

  function down(event) {
    if (event.button !== 0) return;
    if (fingers.size === 0) {
      dragged = false;
      start = event;
    }
    fingers.set(event.pointerId, event);
    if (fingers.size === 2) dragged = true;
  }

  function move(event) {
    if (!fingers.has(event.pointerId)) return;
    if (fingers.size === 2) pinch(event);
    else if (fingers.size === 1) drag(event);
  }

  function up(event) {
    fingers.delete(event.pointerId);
  }

  drawing.addEventListener("pointerdown", down);
  window.addEventListener("pointermove", move);
  window.addEventListener("pointerup", up);
  window.addEventListener("pointercancel", up);
  drawing.addEventListener("dragstart", (event) => event.preventDefault());
  // The end of a drag is no click.
  frame.addEventListener("click", (event) => dragged && event.preventDefault(), true);

  // The wheel alone scrolls the page, as everywhere; a pinch on a touchpad comes as Ctrl + wheel.
  function wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoomAt(Math.exp(-event.deltaY / 200), event.clientX, event.clientY);
  }

  drawing.addEventListener("wheel", wheel, { passive: false });
  drawing.addEventListener("keydown", press);
  drawing.addEventListener("focusin", (event) => {
    const node = nodeAt(event.target);
    setCurrent(node);
    lightAround(node);
    // A press of the mouse focuses as well, and must not move what it is on.
    if (node.link.matches(":focus-visible")) bringIntoView(node);
  });
  drawing.addEventListener("focusout", lightChosen);
  drawing.addEventListener("pointerover", (event) => {
    const node = nodeAt(event.target);
    if (node && event.pointerType === "mouse" && !fingers.size) lightAround(node);
  });
  drawing.addEventListener("pointerout", (event) => {
    if (nodeAt(event.target) && !fingers.size) lightFocused();
  });

  // --- The legend

  function choose(category) {
    chosen = chosen === category ? "" : category;
    for (const button of document.querySelectorAll(".gq-map-legend button")) {
      button.setAttribute("aria-pressed", String(button.parentElement.dataset.category === chosen));
    }
    lightChosen();
    if (chosen) lookAt(inCategory(chosen));
  }

  function makeButton(item) {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    button.append(...item.childNodes);
    button.addEventListener("click", () => choose(item.dataset.category));
    item.append(button);
  }

  // --- The search, by titles and, as soon as the list of definitions has come, by aliases

  const input = document.getElementById("gq-map-term");
  let names = nodes.map(({ link, slug }) => {
    const title = link.getAttribute("aria-label");
    return named(title, title, slug);
  });

  async function fetchNames() {
    try {
      const reply = await fetch(input.dataset.names);
      if (!reply.ok) return;
      const page = new DOMParser().parseFromString(await reply.text(), "text/html");
      const all = readNames(page).filter(({ slug }) => bySlug.has(slug));
      if (all.length) names = all;
      // What was typed meanwhile is looked for among them too.
      if (document.activeElement === input && input.value) box.refresh();
    } catch {
      // Titles alone will do.
    }
  }

  const box = attach({
    input,
    list: document.getElementById("gq-map-hits"),
    status: document.getElementById("gq-map-status"),
    names: () => names,
    picked: (entry) => {
      if (!entry) return;
      const node = bySlug.get(entry.slug);
      look(node.x, node.y, Math.max(view.scale, READABLE));
      frame.scrollIntoView({ block: "nearest" });
      goTo(node);
    },
  });
  input.addEventListener("focus", fetchNames, { once: true });
  input.addEventListener("blur", box.close);
  focusOnSlash(input);

  // --- To begin with

  for (const [name, zoom] of Object.entries(zooms)) {
    frame.querySelector(`[data-zoom="${name}"]`).addEventListener("click", zoom);
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && chosen && !isTyping(event.target)) choose(chosen);
  });
  document.addEventListener("keydown", (event) => {
    if (event.target === document.body && !isTyping(event.target)) press(event);
  });
  for (const item of document.querySelectorAll(".gq-map-legend li")) makeButton(item);
  for (const hidden of document.querySelectorAll(".gq-map-tools, .gq-map-find, .gq-map-keys")) {
    hidden.hidden = false;
  }
  frame.classList.add("gq-map-live");

  const middle = nodes.reduce((best, node) => {
    const away = ({ x, y }) => Math.hypot(x - size.width / 2, y - size.height / 2);
    return away(node) < away(best) ? node : best;
  });
  for (const { link } of nodes) link.setAttribute("tabindex", "-1");
  setCurrent(middle);
  look(size.width / 2, size.height / 2, Math.max(fitting(), READABLE));
  window.addEventListener("resize", () => look(view.x, view.y, view.scale));
})();
