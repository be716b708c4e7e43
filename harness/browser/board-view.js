/**
 * The elements of the page of `ncwspec serve`. What a client sent is put in as text, never as markup.
 *
 * @typedef {{ requirement: string, level: string, clause: string, message: string, at: number,
 *   expected?: string, got?: string }} Finding
 * @typedef {{ verdict: string, reason?: string, findings: Finding[], durationMs: number, transcript?: string }} Result
 * @typedef {{ id: string, title: string, suite: string, dialect: string, url: string, requirements: string[],
 *   asks: string[], running: boolean, result?: Result }} Case
 */

/**
 * @param {string} name of the element, with classes behind dots
 * @param {...(string | Node)} content
 */
export function element(name, ...content) {
  const [tag = "", ...classes] = name.split(".");
  const made = document.createElement(tag);
  if (classes.length > 0) made.className = classes.join(" ");
  made.append(...content);
  return made;
}

/** A verdict as a class name: `n/a` is none. @param {string} verdict */
export function className(verdict) {
  return verdict.replace("/", "");
}

/** @param {Case} one */
function badge({ running, result }) {
  if (running) return element("span.badge.live", "running");
  if (!result) return element("span.badge.none", "–");
  return element(`span.badge.${className(result.verdict)}`, result.verdict);
}

/** @typedef {{ copy: (one: Case) => void, run: (one: Case) => void }} Actions */

/**
 * A case as a row, closed; `fill` shows what became of it.
 * @param {() => Case} current
 * @param {Actions} actions
 */
export function row(current, actions) {
  const details = element("details");
  const copy = element("button", "Copy URL");
  copy.setAttribute("aria-label", `Copy the URL of ${current().id}`);
  copy.addEventListener("click", () => actions.copy(current()));
  const made = element("div.case", details, copy);
  details.append(element("summary"), element("div.body"));
  details.addEventListener("toggle", () => fill(made, current(), actions));
  fill(made, current(), actions);
  return made;
}

/**
 * Shows a case as it stands now.
 * @param {HTMLElement} made
 * @param {Case} one
 * @param {Actions} actions
 */
export function fill(made, one, actions) {
  const time = one.result && !one.running ? `${Math.round(one.result.durationMs)} ms` : "";
  const head = [badge(one), element("span.id", one.id), element("span.title", one.title), element("span.time", time)];
  made.querySelector("summary")?.replaceChildren(...head);
  if (made.querySelector("details")?.open) made.querySelector(".body")?.replaceChildren(...body(one, actions));
}

/** @param {Case} one @param {Actions} actions */
function body(one, actions) {
  const { result } = one;
  const facts = element("dl");
  /** @param {string} name @param {...(string | Node)} values */
  const fact = (name, ...values) => facts.append(element("dt", name), element("dd", ...values));
  fact("URL", element("code.command", one.url));
  if (one.asks.length > 0) fact("asks", ...one.asks.map((text) => element("div", text)));
  if (result?.reason !== undefined) fact("reason", result.reason);
  if (one.requirements.length > 0) fact("covers", element("span.id", one.requirements.join(", ")));
  if (result?.transcript !== undefined) fact("transcript", transcriptLink(result.transcript));
  if (one.dialect === "rfc6455") fact("", runButton(one, actions));
  return [...(result?.findings ?? []).map(finding), facts];
}

/** @param {Case} one @param {Actions} actions */
function runButton(one, { run }) {
  const button = element("button.run", "Run in this browser");
  button.addEventListener("click", () => run(one));
  return button;
}

/** @param {string} address */
function transcriptLink(address) {
  const link = element("a", "everything that happened on its connections");
  link.setAttribute("href", address);
  return link;
}

/** @param {Finding} found */
function finding({ requirement, level, clause, message, at, expected, got }) {
  const head = element(
    "p",
    element("strong.id", requirement),
    " ",
    element("span.soft", `${level} · ${clause} · entry ${at}`),
  );
  const fields = element("dl");
  if (expected !== undefined) fields.append(element("dt", "expected"), element("dd", element("pre", expected)));
  if (got !== undefined) fields.append(element("dt", "got"), element("dd", element("pre", got)));
  return element("div.finding", head, element("p", message), fields);
}
