(() => {
  "use strict";
  const holder = document.getElementById("customers-data");
  const place = document.getElementById("customers-table");
  if (!holder || !place) return;
  const data = JSON.parse(holder.textContent);
  const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  const escaped = (text) => text.replace(/[&<>"']/g, (sign) => entities[sign]);

  // DataTables takes strings for HTML, also when it prepares them for searching.
  const words = (labels = {}) => (value, type) => {
    const text = Object.hasOwn(labels, value) ? labels[value] : value;
    if (type === "filter") return escaped(text === value ? value : `${text} ${value}`);
    return type === "display" ? escaped(text) : text;
  };
  const figures = (decimals) => {
    const format = new Intl.NumberFormat(data.language, {
      minimumFractionDigits: decimals, maximumFractionDigits: decimals,
    });
    return (value, type) => {
      if (type === "display") return value === null ? "–" : format.format(value);
      return value === null ? -Infinity : value;
    };
  };
  const short = data.rows.every((row) => row[0].length < 40);
  const columns = data.columns.map((column) => column.kind === "number"
    ? { title: escaped(column.title), type: "num", searchable: false, render: figures(column.decimals) }
    : { title: escaped(column.title), type: "string", render: words(column.labels),
        className: column.kind === "id" ? `text ${short ? "id" : "long"}` : "text" });

  const table = new DataTable(place, {
    data: data.rows, columns, order: [[data.order, "desc"]], language: data.words,
    deferRender: true, autoWidth: false, pageLength: 25, lengthMenu: [10, 25, 50, 100],
    layout: { topStart: "search", topEnd: "pageLength", bottomStart: "info", bottomEnd: "paging" },
  });

  const marked = new Set(data.marked);
  const quoted = (value) => {
    const text = value === null ? "" : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const save = (name, rows) => {
    const text = rows.map((row) => `${row.map(quoted).join(",")}\n`).join("");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };
  const button = document.getElementById("customers-download");
  button.hidden = false;
  button.addEventListener("click", () => {
    const found = table.rows({ search: "applied", order: "applied" }).indexes().toArray();
    save("customers.csv", [
      data.columns.map((column) => column.name),
      ...found.map((i) => {
        const [id, ...rest] = data.rows[i];
        return [marked.has(i) ? `'${id}` : id, ...rest];
      }),
    ]);
  });
  for (const download of document.querySelectorAll("button[data-list]")) {
    const list = data.lists[Number(download.dataset.list)];
    download.hidden = false;
    download.addEventListener("click", () => {
      save(list.file, [[list.name], ...list.ids.map((id) => [id])]);
    });
  }
})();
