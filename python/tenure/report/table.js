(() => {
  "use strict";
  const holder = document.getElementById("customers-data");
  const place = document.getElementById("customers-table");
  if (!holder || !place) return;
  const data = JSON.parse(holder.textContent);
  const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  const escaped = (text) => text.replace(/[&<>"']/g, (sign) => entities[sign]);

  // DataTables takes strings for HTML.
  const words = (labels = []) => {
    const names = new Map(labels);
    return (value, type) => type === "display" ? escaped(names.get(value) ?? value) : names.get(value) ?? value;
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
  const columns = data.columns.map((column) => {
    const names = [column.printed ? "" : "screen"];
    if (column.kind !== "number") names.push("text");
    if (column.kind === "id") names.push(short ? "id" : "long");
    if (column.kind === "text" && column.labels.every(([, label]) => label.length < 24)) names.push("short");
    return {
      title: escaped(column.title), className: names.join(" ").trim(), searchable: false,
      type: column.kind === "number" ? "num" : "string",
      render: column.kind === "number" ? figures(column.decimals) : words(column.labels),
    };
  });

  const table = new DataTable(place, {
    data: data.rows, columns, order: [[1, "desc"]], language: data.words,
    deferRender: true, autoWidth: false, pageLength: 25, lengthMenu: [10, 25, 50, 100],
    layout: { topStart: "info", topEnd: "pageLength", bottomStart: null, bottomEnd: "paging" },
  });

  // An id is found by its beginning, and from four characters on by any part of it.
  const controls = document.getElementById("customers-filters");
  const box = document.getElementById("customers-search");
  const ids = data.rows.map((row) => row[0].toLowerCase());
  box.addEventListener("input", () => {
    const sought = box.value.trim().toLowerCase();
    table.search.fixed("id", sought === "" ? null : (_text, _row, i) =>
      ids[i].startsWith(sought) || (sought.length > 3 && ids[i].includes(sought))).draw();
  });
  const choose = (title, choices, rule) => {
    const label = document.createElement("label");
    const select = document.createElement("select");
    label.textContent = title;
    select.append(new Option(data.any, ""));
    for (const [value, text] of choices) select.append(new Option(text, value));
    select.addEventListener("change", () => {
      table.search.fixed(title, select.value === "" ? null : rule(select.value)).draw();
    });
    label.append(select);
    controls.append(label);
  };
  data.columns.forEach((column, k) => {
    if (column.kind === "text") {
      choose(column.title, column.labels, (value) => (_text, _row, i) => data.rows[i][k] === value);
    }
  });
  if (data.campaigns.length) {
    const members = data.campaigns.map((campaign) => new Set(campaign.rows));
    choose(data.campaign, data.campaigns.map((campaign, i) => [String(i), campaign.name]),
      (value) => (_text, _row, i) => members[Number(value)].has(i));
  }
  controls.hidden = false;

  const marked = new Map(Object.entries(data.marked));
  const quoted = (value) => {
    const text = value === null ? "" : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const write = (name, rows) => {
    const text = rows.map((row) => `${row.map(quoted).join(",")}\n`).join("");
    tenureSave(name, new Blob([text], { type: "text/csv;charset=utf-8" }));
  };
  const button = document.getElementById("customers-download");
  button.hidden = false;
  button.addEventListener("click", () => {
    const found = table.rows({ search: "applied", order: "applied" }).indexes().toArray();
    write("customers.csv", [
      data.columns.map((column) => column.name),
      ...found.map((i) => {
        const [id, ...rest] = data.rows[i];
        return [marked.get(String(i)) ?? id, ...rest];
      }),
    ]);
  });
  for (const download of document.querySelectorAll("button[data-list]")) {
    const list = data.lists[Number(download.dataset.list)];
    download.hidden = false;
    download.addEventListener("click", () => {
      write(list.file, [[list.name], ...list.ids.map((id) => [id])]);
    });
  }
})();
