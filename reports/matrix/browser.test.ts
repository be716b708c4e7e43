/**
 * The page of a matrix in a real browser, opened as a file. Skipped where Chromium is not installed, unless
 * CHROMIUM=required.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MatrixResults, ReadableEntry } from "../../harness/matrix/results.ts";
import sample from "../samples/matrix.json" with { type: "json" };
import { matrixHtml } from "./html.ts";

const found = spawnSync("sh", ["-c", "command -v chromium || command -v google-chrome"], { encoding: "utf8" });
const executablePath = found.stdout.trim();
const isRequired = process.env["CHROMIUM"] === "required";

test.runIf(executablePath === "" && !isRequired)("Chromium is not installed: apt-get install chromium", (context) =>
  context.skip("Chromium is not installed: apt-get install chromium"),
);

describe.skipIf(executablePath === "" && !isRequired)("the page in Chromium", { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "ncwspec-page-"));
  const url = pathToFileURL(join(folder, "index.html")).href;
  const entry: ReadableEntry = { at: 3, t: 1, from: "server", kind: "message", head: "<hello>", body: "<hello/>" };
  const path = "transcripts/acme.jsonl";
  const cells = sample.cells.map((cell) => ({
    ...cell,
    parts: cell.parts.map((part) => ({ ...part, transcript: path })),
  }));
  let browser: Browser;
  let page: Page;
  const trouble: string[] = [];
  const requests: string[] = [];

  beforeAll(async () => {
    const transcripts = new Map([[path, [entry]]]);
    const html = matrixHtml({ ...sample, cells } as unknown as MatrixResults, {
      unexpected: [],
      stale: [],
      transcripts,
    });
    writeFileSync(join(folder, "index.html"), html);
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    page = await browser.newPage();
    page.on("console", (said) => said.type() === "error" && trouble.push(said.text()));
    page.on("pageerror", (error) => trouble.push(error.message));
    page.on("request", (request) => requests.push(request.url()));
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const focused = () => page.evaluate("document.activeElement.dataset.id");
  const isOpen = () => page.evaluate("document.querySelector('dialog').open");

  test.each(["light", "dark"] as const)(
    "%s: no error, nothing asked of anybody, text that can be read",
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      await page.goto(url);
      await page.locator("button.cell").first().waitFor();
      expect(await page.locator("button.cell").count()).toBe(sample.cells.length);
      const ink = await page.evaluate(
        "getComputedStyle(document.body).color + getComputedStyle(document.body).backgroundColor",
      );
      expect(ink).toBe(
        colorScheme === "light" ? "rgb(29, 33, 38)rgb(251, 251, 249)" : "rgb(228, 231, 234)rgb(20, 23, 26)",
      );
      expect(trouble).toEqual([]);
      expect([...new Set(requests)]).toEqual([url]);
    },
  );

  test("arrows move, Enter opens, Escape closes and leads back", async () => {
    await page.goto(url);
    await page.locator("button.cell[tabindex='0']").focus();
    expect(await focused()).toBe("suite×reference-client@rfc6455");
    await page.keyboard.press("ArrowDown");
    expect(await focused()).toBe("reference×reference-client@rfc6455");
    await page.keyboard.press("ArrowRight");
    expect(await focused()).toBe("reference×reference-client@hybi-06");
    await page.keyboard.press("End");
    expect(await focused()).toBe("reference×firefox-esr@rfc6455");
    await page.keyboard.press("Home");
    expect(await focused()).toBe("reference×suite@rfc6455");
    await page.keyboard.press("Enter");
    expect(await isOpen()).toBe(true);
    expect(await page.locator("dialog h2").innerText()).toContain("reference × suite");
    await page.keyboard.press("Escape");
    expect(await isOpen()).toBe(false);
    expect(await focused()).toBe("reference×suite@rfc6455");
  });

  test("filters: a dialect hides the columns of others, an area and a verdict change what cells say", async () => {
    await page.goto(url);
    await page.locator("select[name=dialect]").selectOption("hybi-06");
    expect(await page.locator("th.dialect:visible").allInnerTexts()).toEqual(["06"]);
    await page.locator("select[name=dialect]").selectOption("");
    await page.locator("select[name=area]").selectOption("framing");
    const large = page.locator("[data-id='jetty-7.4.0×reference-client@hybi-06']");
    expect(await large.getAttribute("class")).toBe("cell no-talk");
    await page.getByRole("button", { name: "Clear" }).click();
    await page.locator("input[value=no-talk]").check();
    expect(await page.locator("#shown").innerText()).toBe(`1 of ${sample.cells.length} cells`);
    expect(page.url()).toContain("#?verdict=no-talk");
  });

  test("an address opens a cell; a finding leads to its place on the wire", async () => {
    await page.goto("about:blank");
    await page.goto(`${url}#?cell=${encodeURIComponent("acme×reference-client@rfc6455")}`);
    expect(await isOpen()).toBe(true);
    await page.locator("dialog [data-entry]").click();
    expect(await page.locator("dialog li.lit pre").innerText()).toBe("<hello/>");
    expect(trouble).toEqual([]);
  });

  test("on a narrow screen nothing but the table is wider than the screen", async () => {
    await page.setViewportSize({ width: 380, height: 800 });
    await page.goto("about:blank");
    await page.goto(url);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(380);
  });
});
