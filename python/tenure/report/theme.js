(() => {
  "use strict";
  const root = document.documentElement;
  try {
    const kept = localStorage.getItem("tenure-theme");
    if (kept === "light" || kept === "dark") root.dataset.theme = kept;
  } catch { /* a page opened from a file may have no storage */ }
})();
