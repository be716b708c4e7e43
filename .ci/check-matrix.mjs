// Holds a matrix to its schema and to its own numbers, and its page to a browser, where it must open as a file without an
// error and ask nothing of anybody: node .ci/check-matrix.mjs <folder> <least number of cells that were tried>
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { chromium } from "playwright-core";

const [folder, least] = process.argv.slice(2);
const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));
const matrix = readJson(join(folder, "matrix.json"));
const problems = [];
const hold = (truth, message) => truth || problems.push(message);

const ajv = new Ajv2020({ allErrors: true, strict: false });
formats.default(ajv);
ajv.validate(readJson(new URL("../fixtures/schemas/matrix.schema.json", import.meta.url)), matrix);
for (const error of ajv.errors ?? []) problems.push(`${error.instancePath || "/"} ${error.message}`);

const { complete, reason, planned, summary, cells, servers, clients } = matrix;
hold(complete, `not complete: ${reason}`);
hold(cells.length === planned, `${planned} cells planned, ${cells.length} there`);
hold(new Set(cells.map(({ id }) => id)).size === cells.length, "a cell stands twice");
for (const { id, verdict, reason: why } of cells) hold(verdict !== "error", `${id}: ${why}`);
const tried = summary.talk + summary.findings + summary["no-talk"];
hold(tried >= Number(least), `${tried} cells were tried, fewer than ${least}`);
const isThere = (peer) => cells.some((cell) => cell[peer.role] === peer.name);
for (const peer of [...servers, ...clients]) hold(isThere(peer), `${peer.name} has no cell`);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
try {
  const page = await browser.newPage();
  const url = pathToFileURL(resolve(folder, "index.html")).href;
  page.on("console", (said) => hold(said.type() !== "error", `the page says: ${said.text()}`));
  page.on("pageerror", (error) => problems.push(`the page fails: ${error.message}`));
  page.on("request", (request) => hold(request.url() === url, `the page asks for ${request.url()}`));
  await page.goto(url);
  const buttons = await page.locator("button.cell:visible").count();
  hold(buttons === cells.length, `the page shows ${buttons} of ${cells.length} cells`);
  const talking = page.locator("button.cell.talk:not([data-id*=suite])").first();
  await talking.click();
  await page.locator("dialog[open] ol.wire li").first().waitFor({ state: "attached" });
  await page.keyboard.press("Escape");
} finally {
  await browser.close();
}

for (const problem of problems) process.stderr.write(`${problem}\n`);
process.stdout.write(`${tried} cells tried: ${JSON.stringify(summary)}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;
