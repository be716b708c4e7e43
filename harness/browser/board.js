/**
 * The page of `ncwspec serve`: shows the cases with their verdicts as they come, and runs them in this browser
 * when asked to.
 *
 * @import { Case } from "./board-view.js"
 */
import { className, element, fill, row } from "./board-view.js";
import { join } from "./lines.js";

const VERDICTS = ["pass", "warn", "fail", "inconc", "n/a", "error"];

/** @type {Map<string, { one: Case, made: HTMLElement }>} */
const cases = new Map();
/** Counts of the suites, by dialect and suite. @type {Map<string, HTMLElement>} */
const tallies = new Map();
const actions = { copy, run: (/** @type {Case} */ { id }) => run(id) };
const form = /** @type {HTMLFormElement} */ (at("form.filter"));

/** @param {string} selector */
function at(selector) {
  const found = document.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`there is no ${selector}`);
  return found;
}

/** @param {Case} one */
const groupOf = ({ dialect, suite }) => `${dialect} ${suite}`;

/** @param {{ subprotocol: string, cases: Case[] }} snapshot */
function build({ subprotocol, cases: all }) {
  cases.clear();
  tallies.clear();
  at("#subprotocol").textContent = subprotocol || "(none)";
  /** @type {Map<string, HTMLElement>} */
  const lists = new Map();
  for (const one of all) {
    const list = lists.get(groupOf(one)) ?? section(one);
    lists.set(groupOf(one), list);
    const made = row(() => cases.get(one.id)?.one ?? one, actions);
    list.append(made);
    cases.set(one.id, { one, made });
  }
  at("#suites").replaceChildren(...[...lists.values()].map((list) => /** @type {Node} */ (list.parentNode)));
  choices("dialect", (one) => one.dialect);
  choices("suite", (one) => one.suite);
  show();
}

/** The list of a suite in a dialect, under its heading. @param {Case} one */
function section(one) {
  const tally = element("span.soft");
  tallies.set(groupOf(one), tally);
  const list = element("div.cases");
  element("section.suite", element("h3", `${one.suite} · ${one.dialect}`, tally), list);
  return list;
}

/** @param {string} name @param {(one: Case) => string} of */
function choices(name, of) {
  const select = /** @type {HTMLSelectElement} */ (form.elements.namedItem(name));
  const values = new Set([...cases.values()].map(({ one }) => of(one)));
  const { value } = select;
  select.replaceChildren(select.options[0] ?? "", ...[...values].sort().map((text) => element("option", text)));
  select.value = value;
}

/** Puts the filter and the counts right. */
function show() {
  const data = new FormData(form);
  /** @param {string} name */
  const wanted = (name) => String(data.get(name) ?? "");
  const words = wanted("text").trim().toLowerCase().split(/\s+/);
  let visible = 0;
  for (const { one, made } of cases.values()) {
    const text = `${one.id} ${one.title} ${one.requirements.join(" ")}`.toLowerCase();
    const keep =
      ["", one.dialect].includes(wanted("dialect")) &&
      ["", one.suite].includes(wanted("suite")) &&
      ["", one.result?.verdict ?? "none"].includes(wanted("verdict")) &&
      words.every((word) => text.includes(word));
    made.hidden = !keep;
    if (keep) visible += 1;
  }
  for (const section of document.querySelectorAll("section"))
    section.hidden = !section.querySelector(".case:not([hidden])");
  at("#none").hidden = visible > 0;
  count();
}

function count() {
  const all = [...cases.values()].map(({ one }) => one);
  const judged = all.filter(({ result }) => result !== undefined);
  const parts = VERDICTS.map((verdict) => ({
    verdict,
    number: judged.filter(({ result }) => result?.verdict === verdict).length,
  }));
  const some = parts.filter(({ number }) => number > 0);
  const rest = some.length === 0 ? "" : `: ${some.map(({ verdict, number }) => `${number} ${verdict}`).join(", ")}`;
  at("#counts").textContent = `${judged.length} of ${all.length} cases judged${rest}`;
  at("#bar").replaceChildren(
    ...some.map(({ verdict, number }) => {
      const piece = element(`span.${className(verdict)}`);
      piece.style.width = `${(number * 100) / all.length}%`;
      return piece;
    }),
  );
  for (const [name, tally] of tallies) {
    const group = all.filter((one) => groupOf(one) === name);
    tally.textContent = `${group.filter(({ result }) => result).length} of ${group.length}`;
  }
}

/** @param {Case} one */
async function copy({ id, url }) {
  const button = cases.get(id)?.made.querySelector(":scope > button");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(url);
    button.textContent = "Copied";
  } catch {
    prompt("The URL of this case", url);
  }
  setTimeout(() => {
    button.textContent = "Copy URL";
  }, 1500);
}

/** Joins this browser as the client, for one case or for all. @param {string} [id] */
function run(id) {
  const query = new URLSearchParams({
    run: Math.random().toString(36).slice(2),
    ...(id !== undefined && { case: id }),
  });
  at("#stop").hidden = false;
  for (const button of runButtons()) button.disabled = true;
  const part = join(`/client?${query}`, () => {
    at("#stop").hidden = true;
    for (const button of runButtons()) button.disabled = false;
  });
  at("#stop").onclick = () => part();
}

function runButtons() {
  return /** @type {HTMLButtonElement[]} */ ([...document.querySelectorAll("button.run")]);
}

form.addEventListener("input", show);
form.addEventListener("reset", () => setTimeout(show));
form.addEventListener("submit", (event) => event.preventDefault());
at("#run-all").addEventListener("click", () => run());

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || !(target instanceof HTMLElement)) return;
  if (key === "/" && target.tagName !== "INPUT") {
    event.preventDefault();
    /** @type {HTMLElement} */ (form.elements.namedItem("text")).focus();
  }
  if (target.tagName !== "SUMMARY") return;
  if (key === "c") {
    const copying = target.closest(".case")?.querySelector(":scope > button");
    if (copying instanceof HTMLElement) copying.click();
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[key];
  if (step === undefined) return;
  event.preventDefault();
  const summaries = [...document.querySelectorAll(".case:not([hidden]) summary")];
  /** @type {HTMLElement | undefined} */ (summaries[summaries.indexOf(target) + step])?.focus();
});

const events = new EventSource("/events");
events.addEventListener("cases", ({ data }) => {
  at("#lost").hidden = true;
  build(JSON.parse(data));
});
events.addEventListener("case", ({ data }) => {
  const change = JSON.parse(data);
  const entry = cases.get(change.id);
  if (!entry) return;
  entry.one = { ...entry.one, ...change };
  fill(entry.made, entry.one, actions);
  show();
});
events.onerror = () => {
  at("#lost").hidden = false;
};
