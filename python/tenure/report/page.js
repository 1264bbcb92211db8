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
})();
