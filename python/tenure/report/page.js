(() => {
  "use strict";
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const shown = () => root.dataset.theme ?? (dark.matches ? "dark" : "light");
  const toggle = document.getElementById("theme");
  const tell = () => toggle.setAttribute("aria-pressed", String(shown() === "dark"));
  toggle.hidden = false;
  tell();
  dark.addEventListener("change", tell);
  toggle.addEventListener("click", () => {
    root.dataset.theme = shown() === "dark" ? "light" : "dark";
    tell();
    try {
      localStorage.setItem("tenure-theme", root.dataset.theme);
    } catch { /* a page opened from a file may have no storage */ }
  });

  const tip = document.getElementById("tip");
  const hide = () => { tip.hidden = true; };
  for (const chart of document.querySelectorAll("figure.chart svg")) {
    chart.addEventListener("pointerover", (event) => {
      const mark = event.target.closest(".mark-rect [aria-label], .mark-rect[aria-label]");
      if (!mark) return hide();
      tip.textContent = mark.getAttribute("aria-label");
      tip.hidden = false;
      const edge = document.documentElement.clientWidth - tip.offsetWidth - 8;
      tip.style.left = `${Math.max(8, Math.min(event.clientX + 12, edge))}px`;
      tip.style.top = `${event.clientY + 16}px`;
    });
    chart.addEventListener("pointerleave", hide);
  }
  addEventListener("scroll", hide, { passive: true });

  // A table wider than its place says so for as long as there is more to its right.
  const watch = (scroll) => {
    const cue = scroll.closest(".table")?.querySelector(".cue");
    if (!cue) return;
    const look = () => {
      const wide = scroll.scrollWidth > scroll.clientWidth + 1;
      cue.hidden = !wide;
      scroll.classList.toggle("more",
        wide && scroll.scrollLeft + scroll.clientWidth < scroll.scrollWidth - 1);
    };
    scroll.addEventListener("scroll", look, { passive: true });
    new ResizeObserver(look).observe(scroll);
    const table = scroll.querySelector("table");
    if (table) new ResizeObserver(look).observe(table);
    look();
  };
  document.querySelectorAll(".scroll:not(:has(.dt-container)), .dt-layout-table").forEach(watch);

  // A chart is saved as it is on a wide page in the light theme, on white, with its title.
  const namespace = "http://www.w3.org/2000/svg";
  const above = 40;
  const colours = (text) => {
    const probe = document.createElement("span");
    probe.style.colorScheme = "light";
    document.body.append(probe);
    const found = text.replace(/var\((--[a-z-]+)\)/g, (name) => {
      probe.style.color = name;
      return getComputedStyle(probe).color;
    });
    probe.remove();
    return found;
  };
  const make = (name, attributes, text = "") => {
    const node = document.createElementNS(namespace, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.textContent = text;
    return node;
  };
  const picture = (figure) => {
    const drawing = figure.querySelector(".drawing.wide svg").cloneNode(true);
    const width = Number(drawing.getAttribute("width"));
    const height = Number(drawing.getAttribute("height")) + above;
    const title = figure.querySelector("figcaption").textContent.trim();
    const whole = make("svg", { width, height, viewBox: `0 0 ${width} ${height}` });
    drawing.setAttribute("y", above);
    whole.append(
      make("title", {}, title),
      make("rect", { width, height, fill: "var(--paper)" }),
      make("text", {
        x: 8, y: 25, "font-family": "Arial, Helvetica, Liberation Sans, sans-serif",
        "font-size": 16, "font-weight": "bold", fill: "var(--ink)",
      }, title),
      drawing,
    );
    const text = colours(new XMLSerializer().serializeToString(whole));
    return { width, height, blob: new Blob([text], { type: "image/svg+xml;charset=utf-8" }) };
  };
  const pixels = (made, done) => {
    const image = new Image();
    const address = URL.createObjectURL(made.blob);
    image.addEventListener("load", () => {
      const canvas = document.createElement("canvas");
      canvas.width = 2 * made.width;
      canvas.height = 2 * made.height;
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob(done, "image/png");
      URL.revokeObjectURL(address);
    });
    image.src = address;
  };
  for (const button of document.querySelectorAll("button[data-save]")) {
    const figure = button.closest("figure");
    button.hidden = false;
    button.addEventListener("click", () => {
      const made = picture(figure);
      const name = `${figure.dataset.name}.${button.dataset.save}`;
      if (button.dataset.save === "svg") tenureSave(name, made.blob);
      else pixels(made, (blob) => tenureSave(name, blob));
    });
  }
})();
