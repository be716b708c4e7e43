/**
 * The page's only script: shows the cases that the filter asks for and keeps the filter in the address,
 * so that a link carries it. Without it the page shows everything.
 */
export const SCRIPT = `
(() => {
  const form = document.querySelector("form.filter");
  const rows = [...document.querySelectorAll(".cases details")];
  const shown = document.querySelector("#shown");
  const empty = document.querySelector("#none");
  const requirementRows = [...document.querySelectorAll("#requirements tbody tr")];
  if (!form) return;
  form.hidden = false;
  const words = rows.map((row) => row.textContent.toLowerCase());

  function wanted() {
    const data = new FormData(form);
    return {
      verdicts: data.getAll("verdict"),
      dialect: data.get("dialect"),
      suite: data.get("suite"),
      text: data.get("text").trim().toLowerCase(),
    };
  }

  function apply() {
    const { verdicts, dialect, suite, text } = wanted();
    let visible = 0;
    rows.forEach((row, index) => {
      const { verdict } = row.dataset;
      const keep = (verdicts.length === 0 || verdicts.includes(verdict)) &&
        (!dialect || row.dataset.dialect === dialect) &&
        (!suite || row.dataset.suite === suite) &&
        text.split(/\\s+/).every((word) => words[index].includes(word));
      row.hidden = !keep;
      if (keep) visible += 1;
    });
    shown.textContent = visible + " of " + rows.length + " cases";
    empty.hidden = visible > 0;
    for (const row of requirementRows) row.hidden = verdicts.length > 0 && !verdicts.includes(row.dataset.verdict);
    return visible;
  }

  function remember() {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) query.append(name, value);
    const hash = query.toString();
    history.replaceState(null, "", hash ? "#?" + hash : location.pathname + location.search);
  }

  function recall() {
    if (location.hash.startsWith("#?")) {
      const query = new URLSearchParams(location.hash.slice(2));
      for (const box of form.querySelectorAll("[name=verdict]")) box.checked = query.getAll("verdict").includes(box.value);
      for (const name of ["dialect", "suite", "text"]) form.elements[name].value = query.get(name) || "";
    } else if (location.hash.startsWith("#case-")) {
      const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (row) {
        form.reset();
        apply();
        row.hidden = false;
        row.open = true;
        row.scrollIntoView();
        return;
      }
    }
    apply();
  }

  form.addEventListener("input", () => { apply(); remember(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { apply(); remember(); }));
  document.querySelector("#open-all").addEventListener("click", () => {
    const visible = rows.filter((row) => !row.hidden);
    const open = visible.some((row) => !row.open);
    for (const row of visible) row.open = open;
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && event.target.tagName !== "INPUT") {
      event.preventDefault();
      form.elements.text.focus();
    }
  });
  window.addEventListener("hashchange", recall);
  recall();
})();
`;
