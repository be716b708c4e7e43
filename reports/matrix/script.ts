/**
 * The script of the matrix page: moves between cells, opens their details, filters, and keeps all that in the address,
 * so that a link carries it.
 */
export const MATRIX_SCRIPT = `
(() => {
  const form = document.querySelector("form.filter");
  const dialog = document.querySelector("#details");
  const cells = [...document.querySelectorAll("button.cell")];
  const shown = document.querySelector("#shown");
  const signs = pairs(document.querySelector("#grid").dataset.signs);
  form.hidden = false;
  let current = cells[0];
  let open = "";

  const isReachable = (cell) => !cell.classList.contains("faint") && !cell.closest("td").hidden;

  /** "a=b c=d" as an object. */
  function pairs(text) {
    return Object.fromEntries(text.split(" ").filter(Boolean).map((pair) => pair.split("=")));
  }

  /** Shows each cell as the filter asks: of its area, and faint where it is not meant. */
  function apply() {
    const data = new FormData(form);
    const verdicts = data.getAll("verdict");
    const dialect = data.get("dialect");
    const area = data.get("area");
    for (const part of document.querySelectorAll("#grid [data-dialect]"))
      if (part.tagName !== "BUTTON") part.hidden = dialect !== "" && part.dataset.dialect !== "" && part.dataset.dialect !== dialect;
    spread();
    for (const cell of cells) {
      const verdict = area === "" ? cell.dataset.verdict : pairs(cell.dataset.areas)[area] || "";
      cell.className = "cell " + (verdict || "blank");
      cell.textContent = signs[verdict] || "·";
      const keep = verdicts.length === 0 || verdicts.includes(verdict);
      cell.classList.toggle("faint", !keep || (dialect !== "" && cell.dataset.dialect !== dialect));
    }
    const reachable = cells.filter(isReachable);
    shown.textContent = reachable.length + " of " + cells.length + " cells";
    if (!current || !isReachable(current)) current = reachable[0];
    settle();
  }

  /** The name of a client spans those of its columns that are shown. */
  function spread() {
    const columns = [...document.querySelectorAll("#grid th.dialect")];
    for (const head of document.querySelectorAll("#grid th.name")) {
      head.dataset.span ||= head.colSpan;
      const visible = columns.splice(0, Number(head.dataset.span)).filter((column) => !column.hidden).length;
      head.hidden = visible === 0;
      head.colSpan = visible || 1;
    }
    for (const undivided of document.querySelectorAll("#grid td[data-span]")) {
      const head = document.querySelectorAll("#grid th.name")[undivided.dataset.column];
      undivided.hidden = head.hidden;
      undivided.colSpan = head.colSpan;
    }
  }

  /** Exactly one cell is in the order of the tabulator; the arrows lead to the others. */
  function settle() {
    for (const cell of cells) cell.tabIndex = cell === current ? 0 : -1;
  }

  function middle(cell) {
    const box = cell.getBoundingClientRect();
    return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
  }

  /** The nearest cell in that direction; straight on before aside. */
  function neighbour(cell, key) {
    const here = middle(cell);
    let best;
    for (const other of cells) {
      if (other === cell || !isReachable(other)) continue;
      const there = middle(other);
      const dx = there.x - here.x;
      const dy = there.y - here.y;
      const [along, aside] = { ArrowRight: [dx, dy], ArrowLeft: [-dx, dy], ArrowDown: [dy, dx], ArrowUp: [-dy, dx] }[key];
      if (along < 4) continue;
      const cost = along + Math.abs(aside) * 8;
      if (best === undefined || cost < best.cost) best = { cost, other };
    }
    return best && best.other;
  }

  function focus(cell) {
    current = cell;
    settle();
    cell.focus();
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  function show(cell) {
    current = cell;
    settle();
    dialog.replaceChildren(document.getElementById("cell-" + cell.dataset.cell).content.cloneNode(true));
    open = cell.dataset.id;
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    remember();
    void fillWires();
  }

  let unpacked;
  /** What went over the wire, of all parts: unpacked once, when it is first looked at. */
  function wires() {
    unpacked ||= (async () => {
      const bytes = Uint8Array.from(atob(document.querySelector("#wire").textContent), (sign) => sign.charCodeAt(0));
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
      return JSON.parse(await new Response(stream).text());
    })();
    return unpacked;
  }

  /** Text of peers becomes text only, never markup. */
  function make(name, className, ...content) {
    const element = document.createElement(name);
    element.className = className;
    element.append(...content);
    return element;
  }

  const ways = { client: ["→", "client to server"], server: ["←", "server to client"], "": ["·", "the suite"] };

  function wireEntry([at, t, from, kind, head, body], id) {
    const way = make("span", "way", ways[from][0]);
    way.title = ways[from][1];
    const line = [make("span", "time", t.toFixed(1) + " ms"), way, make("span", "id", head)];
    const content = body === ""
      ? make("p", "", ...line)
      : make("details", "", make("summary", "", ...line), make("pre", "", body));
    const item = make("li", (from || "suite") + " " + kind, content);
    item.dataset.at = id + "-" + at;
    return item;
  }

  async function fillWires() {
    const places = [...dialog.querySelectorAll("[data-wire]")];
    if (places.length === 0) return;
    const all = await wires().catch(() => undefined);
    for (const place of places) {
      const entries = all && all[place.dataset.wire];
      if (!entries) { place.remove(); continue; }
      const list = make("ol", "wire", ...entries.map((entry) => wireEntry(entry, place.dataset.id)));
      place.replaceChildren(make("summary", "soft", "On the wire: " + entries.length + (entries.length === 1 ? " entry" : " entries")), list);
    }
  }

  function remember() {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) query.append(name, value);
    if (open !== "") query.append("cell", open);
    const hash = query.toString();
    history.replaceState(null, "", hash ? "#?" + hash : location.pathname + location.search);
  }

  function recall() {
    if (location.hash.startsWith("#?")) {
      const query = new URLSearchParams(location.hash.slice(2));
      for (const box of form.querySelectorAll("[name=verdict]")) box.checked = query.getAll("verdict").includes(box.value);
      for (const name of ["dialect", "area"]) form.elements[name].value = query.get(name) || "";
      apply();
      const cell = cells.find((one) => one.dataset.id === query.get("cell"));
      if (cell) show(cell);
      return;
    }
    apply();
  }

  document.querySelector("#grid").addEventListener("keydown", (event) => {
    const cell = event.target.closest("button.cell");
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.startsWith("Arrow")) {
      event.preventDefault();
      const next = neighbour(cell, event.key);
      if (next) focus(next);
    } else if (event.key === "Home" || event.key === "End") {
      event.preventDefault();
      const row = [...cell.closest("tr").querySelectorAll("button.cell")].filter(isReachable);
      const next = event.key === "Home" ? row[0] : row[row.length - 1];
      if (next) focus(next);
    }
  });
  document.querySelector("#grid").addEventListener("click", (event) => {
    const cell = event.target.closest("button.cell");
    if (cell) show(cell);
  });
  document.querySelector("main").addEventListener("click", (event) => {
    const link = event.target.closest("[data-open]");
    if (!link) return;
    event.preventDefault();
    const cell = cells.find((one) => one.dataset.cell === link.dataset.open);
    if (cell) show(cell);
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) return dialog.close();
    const link = event.target.closest("[data-entry]");
    if (!link) return;
    event.preventDefault();
    for (const lit of dialog.querySelectorAll(".lit")) lit.classList.remove("lit");
    const entries = dialog.querySelectorAll('[data-at="' + link.dataset.entry + '"]');
    for (const entry of entries) {
      for (let box = entry; box && box !== dialog; box = box.parentElement) if (box.tagName === "DETAILS") box.open = true;
      const own = entry.querySelector("details");
      if (own) own.open = true;
      entry.classList.add("lit");
    }
    if (entries[0]) entries[0].scrollIntoView({ block: "center" });
  });
  dialog.addEventListener("close", () => {
    open = "";
    dialog.replaceChildren();
    remember();
    if (current) current.focus();
  });
  form.addEventListener("input", () => { apply(); remember(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { apply(); remember(); }));
  window.addEventListener("hashchange", recall);
  recall();
})();
`;
