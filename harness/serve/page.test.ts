/** The page of `serve` in a real browser. Skipped where Chromium is not installed, unless CHROMIUM=required. */
import { spawnSync } from "node:child_process";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { STYLE } from "../../reports/html/style.ts";
import type { Results } from "../run/results.ts";
import { clientTarget } from "../target/index.ts";
import { serve } from "./serve.ts";

const found = spawnSync("sh", ["-c", "command -v chromium || command -v google-chrome"], { encoding: "utf8" });
const executablePath = found.stdout.trim();
const isRequired = process.env["CHROMIUM"] === "required";
const cases = ["client-closing/session", "client-framing/masked"];

test.runIf(executablePath === "" && !isRequired)("Chromium is not installed: apt-get install chromium", (context) =>
  context.skip("Chromium is not installed: apt-get install chromium"),
);

describe.skipIf(executablePath === "" && !isRequired)("the page in Chromium", { timeout: 60_000 }, () => {
  const ending = new AbortController();
  const trouble: string[] = [];
  const requests: string[] = [];
  let serving: Promise<Results>;
  let address: string;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    address = await new Promise((onListening) => {
      serving = serve({
        target: clientTarget(["the page"]),
        cases,
        at: { host: "127.0.0.1", port: 0 },
        untilAll: false,
        style: STYLE,
        signal: ending.signal,
        onListening,
      });
    });
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    page = await browser.newPage();
    page.on("pageerror", (error) => trouble.push(error.message));
    page.on("request", (request) => requests.push(request.url()));
    await page.goto(address);
    await page.waitForSelector(".case");
  }, 60_000);
  afterAll(() => browser?.close());

  const text = (selector: string) => page.textContent(selector);

  test("lists the cases with their URLs, the newest dialect first", async () => {
    expect(await text("#counts")).toMatch(/^0 of \d+ cases judged$/);
    expect(await text("section h3")).toMatch(/^client-\w+ · rfc6455/);
    await page.click("#suites summary");
    expect(await text(".body code")).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/case\/client-/);
  });

  test("is led by the keyboard: search, from case to case, open", async () => {
    await page.keyboard.press("/");
    await page.keyboard.type("zero-key rfc6455");
    expect(await page.locator(".case:visible").count()).toBe(1);
    await page.fill("input[type=search]", "masked rfc6455");
    await page.locator(".case:visible summary").first().focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    expect(await page.locator(".case:visible details[open] .id").allTextContents()).toContain(
      "client-framing/masked[text]@rfc6455",
    );
    await page.click("button[type=reset]");
  });

  test("runs all cases of rfc6455 in the browser, and shows each verdict", async () => {
    await page.click("#run-all");
    await page.waitForSelector("#stop", { state: "hidden", timeout: 50_000 });
    expect(await page.locator(".badge.pass").count()).toBe(5);
    expect(await text("#counts")).toMatch(/^5 of \d+ cases judged: 5 pass$/);
    expect(trouble).toEqual([]);
    expect(requests.filter((url) => !url.startsWith(address))).toEqual([]);
    ending.abort();
    const results = await serving;
    expect(results.summary.pass).toBe(5);
    await page.waitForSelector("#lost", { state: "visible" });
  });
});
