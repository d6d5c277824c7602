"use strict";
// In place of a server: what a page asks for later comes as a script, which a page that was opened
// from a disk may load too.
(() => {
  const here = new URL(".", document.currentScript.src);
  const top = new URL("..", here);
  const loading = new Map();

  function load(name) {
    if (!loading.has(name)) loading.set(name, added(name));
    return loading.get(name);
  }

  function added(name) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = new URL(name, here);
      script.addEventListener("load", resolve);
      script.addEventListener("error", () => {
        loading.delete(name); // The next time it is asked for again.
        reject(new Error(`${name} could not be loaded.`));
      });
      document.head.append(script);
    });
  }

  // The definition of `slug` as HTML, whose links lead on from this page.
  async function definition(slug) {
    await load("definitions.js");
    const holder = document.createElement("template");
    holder.innerHTML = window.geckoDefinitions[slug]; // Escaped when it was written.
    for (const link of holder.content.querySelectorAll("a[href]")) {
      link.href = new URL(link.getAttribute("href"), top);
    }
    return holder.innerHTML;
  }

  window.geckoStatic = { definition, load };
})();
