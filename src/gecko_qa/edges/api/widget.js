"use strict";
// <script src="https://host/widget.js" defer></script> <gecko-qa></gecko-qa>
// Asks the host that this script came from. docs/http.md tells of its attributes.
(() => {
  const base = new URL(".", document.currentScript.src);
  const API = new URL("api/v1/", base);
  const MAX_CHARS = 1000;
  const N_SOURCES = 12;

  const STYLE = `
    :host { color-scheme: light dark; display: block; container-type: inline-size;
      --bg: var(--gecko-bg, light-dark(#fff, #1c211f));
      --text: var(--gecko-text, light-dark(#1d2522, #e8ece9));
      --muted: var(--gecko-muted, light-dark(#55605b, #a9b4ae));
      --line: var(--gecko-line, light-dark(#dcdfd9, #353d39));
      --edge: var(--gecko-edge, light-dark(#7d8781, #74807a));
      --accent: var(--gecko-accent, light-dark(#146c54, #6fd0b2));
      --on-accent: var(--gecko-on-accent, light-dark(#fff, #10231d));
      --mark: var(--gecko-mark, light-dark(#dff0e6, #20403a));
      --take: var(--gecko-opinion, light-dark(#fdf4e1, #2b2415));
      --take-text: var(--gecko-opinion-text, light-dark(#7a4b00, #f0c06a)); }
    :host([hidden]) { display: none; }
    * { box-sizing: border-box; }
    .box { padding: 16px; border: 1px solid var(--line); background: var(--bg); color: var(--text);
      border-radius: var(--gecko-radius, 12px); overflow-wrap: anywhere; text-align: start;
      font: 400 1rem/1.5 var(--gecko-font, system-ui, -apple-system, "Segoe UI", sans-serif); }
    form, .dials { display: flex; flex-wrap: wrap; gap: 8px; align-items: end; }
    label { color: var(--muted); font-size: .9em; }
    .ask { flex: 1 1 12rem; min-width: 0; }
    input, select { display: block; width: 100%; min-height: 40px; padding: 6px 10px;
      border: 1px solid var(--edge); border-radius: 8px; background: var(--bg); color: var(--text);
      font: inherit; font-size: 1rem; }
    button { min-height: 40px; padding: 6px 16px; border: 1px solid var(--accent);
      border-radius: 8px; background: var(--accent); color: var(--on-accent); font: inherit;
      cursor: pointer; }
    .chips { display: flex; flex-wrap: wrap; gap: 8px; margin: 6px 0 12px; padding: 0;
      list-style: none; }
    .chips button { min-height: 32px; padding: 2px 12px; border-color: var(--line);
      border-radius: 99px; background: none; color: var(--accent); }
    .dials { flex-basis: 100%; }
    .dials label { flex: 1 1 8rem; }
    .said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
      white-space: nowrap; }
    section { margin-top: 12px; padding: 10px 14px; border: 1px solid var(--line);
      border-radius: 8px; }
    section.take { background: var(--take); }
    h2 { margin: 0 0 4px; font-size: 1em; font-weight: 650; }
    p, ul { margin: 0 0 8px; }
    ul { padding-inline-start: 1.2em; }
    .answer > p { margin-top: 12px; }
    section > :last-child { margin-bottom: 0; }
    a { color: var(--accent); }
    summary { min-height: 28px; padding: 2px 0; cursor: pointer; }
    mark { background: var(--mark); color: inherit; border-radius: 3px; }
    small, .meta, summary { color: var(--muted); font-size: .9em; font-weight: 400; }
    .take small { color: var(--take-text); border: 1px solid; border-radius: 99px;
      padding: 0 8px; white-space: nowrap; }
    .error { color: var(--take-text); }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    :host([aria-busy="true"]) .answer { opacity: .6; }`;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);

  // An element with its properties; what it holds is text, or elements.
  function make(tag, properties, ...inside) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...inside);
    return element;
  }

  function pageOf(slug, section) {
    const url = new URL(`explainers/${encodeURIComponent(slug)}`, base);
    url.hash = section ?? "";
    return url.href;
  }

  // Only what leads to a page of the web is a link.
  function outside(text, href) {
    const isWeb = /^https?:\/\//i.test(href);
    return isWeb ? make("a", { href, rel: "noopener noreferrer" }, text) : text;
  }

  class Told extends Error {}

  async function get(path, signal) {
    let reply;
    try {
      reply = await fetch(new URL(path, API), { signal, credentials: "omit" });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Told(await whyNot());
    }
    const told = await reply.json().catch(() => null);
    if (reply.ok && told) return told;
    const detail = typeof told?.detail === "string" ? told.detail : "";
    throw new Told(detail || `${base.host} answered ${reply.status}. Try again later.`);
  }

  // A page may not see why a request failed; it may see whether the host is there at all.
  async function whyNot() {
    const probe = fetch(new URL("healthz", base), { mode: "no-cors", credentials: "omit" });
    const isThere = await probe.then(() => true, () => false);
    return isThere
      ? `${base.host} does not take questions from ${location.origin}. ` +
          `Whoever runs it can allow that: cors_origins = ["${location.origin}"].`
      : `${base.host} cannot be reached. Try again later.`;
  }

  function explainers(slugs, signal) {
    const path = (slug) => `explainers/${encodeURIComponent(slug)}`;
    const each = [...new Set(slugs)].map((slug) => get(path(slug), signal));
    return Promise.all(each).then((all) => new Map(all.map((one) => [one.slug, one])));
  }

  // Paragraphs and lists of a passage; `mark` counts characters, from start to end, that stand out.
  function blocks(text, mark) {
    const marked = (mark ?? [0, 0]).map((n) => [...text].slice(0, n).join("").length);
    return [...text.matchAll(/(?:(?!\n\n)[^])+/g)].flatMap((part) => {
      const lines = [...part[0].matchAll(/[^\n]*\S[^\n]*/g)].map((line) => {
        const start = part.index + line.index;
        return [start, start + line[0].length];
      });
      if (!lines.length) return [];
      if (lines.some(([start]) => !text.startsWith("- ", start)))
        return [make("p", {}, ...pieces(text, lines[0][0], lines.at(-1)[1], marked))];
      const items = lines.map(([start, end]) => make("li", {}, ...pieces(text, start + 2, end, marked)));
      return [make("ul", {}, ...items)];
    });
  }

  function pieces(text, start, end, marked) {
    const [from, to] = marked.map((place) => Math.min(Math.max(place, start), end));
    const middle = from < to ? make("mark", {}, text.slice(from, to)) : "";
    return [text.slice(start, from), middle, text.slice(to, end)];
  }

  function linkTo(explainer, id) {
    const passage = explainer.passages.find((one) => one.id === id);
    const title = `${explainer.title} › ${passage.heading}`;
    return make("a", { href: pageOf(explainer.slug, passage.section) }, title);
  }

  function passageCard(explainer, id, mark) {
    const passage = explainer.passages.find((one) => one.id === id);
    const isOpinion = passage.role === "take";
    const label = isOpinion ? [" ", make("small", {}, "Opinion")] : [];
    const head = make("h2", {}, linkTo(explainer, id), ...label);
    const className = isOpinion ? "take" : "";
    return make("section", { className }, head, ...blocks(passage.text, mark));
  }

  function sourcesOf(explainer) {
    const items = explainer.sources
      .slice(0, N_SOURCES)
      .map(({ authors, year, title, url }) =>
        make("li", {}, `${authors} (${year}). `, outside(title, url), "."),
      );
    const summary = make("summary", {}, `Sources of ${explainer.title}`);
    return items.length ? make("details", {}, summary, make("ul", {}, ...items)) : null;
  }

  class GeckoQA extends HTMLElement {
    #root = this.attachShadow({ mode: "open" });
    #asking = null;
    #input = make("input", { type: "text", maxLength: MAX_CHARS, autocomplete: "off", required: true });
    #status = make("p", { className: "said", role: "status" });
    #answer = make("div", { className: "answer" });
    #dials = {};

    connectedCallback() {
      if (this.#root.childElementCount) return;
      this.#root.adoptedStyleSheets = [sheet];
      this.#input.placeholder = this.getAttribute("placeholder") ?? "";
      const label = this.getAttribute("label") ?? "Ask about a concept";
      const form = make(
        "form",
        {},
        make("label", { className: "ask" }, label, this.#input),
        make("button", { type: "submit" }, "Ask"),
      );
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.ask(this.#input.value);
      });
      const box = make("div", { className: "box", lang: "en" }, form, this.#status, this.#answer);
      this.#root.append(box);
      if (this.hasAttribute("dials")) this.#addDials(form);
    }

    disconnectedCallback() {
      this.#asking?.abort();
    }

    async #addDials(form) {
      try {
        const layout = await get("layout");
        const everyone = { id: "everyone", name: "Everyone" };
        this.#dials = {
          level: this.#dial("level", layout.levels, layout.default_level),
          audience: this.#dial("audience", [everyone, ...layout.audiences], "everyone"),
        };
        const { level, audience } = this.#dials;
        const labels = [make("label", {}, "Depth", level), make("label", {}, "For", audience)];
        form.append(make("div", { className: "dials" }, ...labels));
      } catch (error) {
        this.#tell(error);
      }
    }

    #dial(name, choices, standard) {
      const wanted = this.getAttribute(name) ?? standard;
      const options = choices.map(({ id, name }) => make("option", { value: id, selected: id === wanted }, name));
      const select = make("select", {}, ...options);
      select.addEventListener("change", () => this.#input.value && this.ask(this.#input.value));
      return select;
    }

    // Answers `question` in place. One that is asked meanwhile takes over.
    async ask(question) {
      if (!question.trim()) return;
      this.#asking?.abort();
      const asking = (this.#asking = new AbortController());
      this.#input.value = question;
      this.setAttribute("aria-busy", "true");
      try {
        const query = new URLSearchParams({ q: question });
        for (const name of ["level", "audience"]) {
          const wanted = this.#dials[name]?.value ?? this.getAttribute(name);
          if (wanted) query.set(name, wanted);
        }
        const answer = await get(`ask?${query}`, asking.signal);
        const ids = [...answer.passages.map((one) => one.id), ...answer.mentioned];
        const about = [...answer.concepts, ...answer.nearest, ...answer.also];
        const slugs = [...about, ...ids.map((id) => id.split("#")[0])];
        const told = await explainers(slugs, asking.signal);
        if (asking === this.#asking) this.#show(answer, told);
      } catch (error) {
        if (asking === this.#asking) this.#tell(error);
      } finally {
        if (asking === this.#asking) this.removeAttribute("aria-busy");
      }
    }

    #show(answer, told) {
      const { correction, definition, passages } = answer;
      const read = correction?.words.map((word) => word.read).join(", ");
      const card = (id, mark) => passageCard(told.get(id.split("#")[0]), id, mark);
      const isApart = definition && !passages.some((one) => one.id === definition);
      const because = answer.because ? `Why this: ${answer.because}.` : "";
      const line = (text, className = "meta") => (text ? [make("p", { className }, text)] : []);
      this.#answer.replaceChildren(
        ...line(read && `Showing ${read}.`),
        ...line(answer.message, ""),
        ...(isApart ? [card(definition)] : []),
        ...passages.map((one) => card(one.id, one.mark)),
        ...this.#list("", answer.mentioned, (id) => linkTo(told.get(id.split("#")[0]), id)),
        ...this.#chips("The nearest concepts", answer.nearest, told),
        ...this.#chips("It may also be about", answer.also, told),
        ...line(because),
        ...answer.concepts.map((slug) => sourcesOf(told.get(slug))).filter((one) => one),
      );
      const titles = answer.concepts.map((slug) => told.get(slug).title).join(", ");
      this.#status.textContent = titles ? `${titles}: ${answer.because}.` : answer.message;
    }

    #chips(label, slugs, told) {
      return this.#list(label, slugs, (slug) => {
        const { title } = told.get(slug);
        const chip = make("button", { type: "button" }, title);
        chip.addEventListener("click", () => {
          this.ask(`What is ${title}?`);
          this.#input.focus();
        });
        return chip;
      });
    }

    #list(label, names, made) {
      if (!names.length) return [];
      const items = names.map((name) => make("li", {}, made(name)));
      const list = make("ul", { className: "chips" }, ...items);
      return label ? [make("p", { className: "meta" }, label), list] : [list];
    }

    #tell(error) {
      const isOurs = error instanceof Told;
      const message = isOurs ? error.message : "This answer could not be shown. Try again later.";
      this.#answer.replaceChildren(make("p", { className: "error" }, message));
      this.#status.textContent = message;
      if (!isOurs) throw error;
    }
  }

  if (!customElements.get("gecko-qa")) customElements.define("gecko-qa", GeckoQA);
})();
