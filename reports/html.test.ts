import { createHash } from "node:crypto";
import { Script } from "node:vm";
import { describe, expect, test } from "vitest";
import type { Results } from "../harness/run/results.ts";
import { SCRIPT } from "./html/script.ts";
import { html } from "./html.ts";
import sample from "./samples/run.json" with { type: "json" };

const results = sample as unknown as Results;
const options = { strict: false, stale: [], transcripts: "" };
const page = html(results, options);

/** Names of elements left open, or closed out of turn. */
function unbalanced(markup: string): string[] {
  const empty = new Set(["meta", "input", "rect", "br"]);
  const open: string[] = [];
  const bare = markup.replace(/<(style|script)>[\s\S]*?<\/\1>/g, "");
  for (const [, close, name = "", rest = ""] of bare.matchAll(/<(\/?)([a-z][a-z0-9]*)((?:[^>"]|"[^"]*")*)>/g)) {
    if (empty.has(name) || rest.endsWith("/")) continue;
    if (close === "") open.push(name);
    else if (open.at(-1) === name) open.pop();
    else return [`</${name}> in ${open.join(" ")}`];
  }
  return open;
}

describe("html", () => {
  test("is one balanced page that holds every case and requirement", () => {
    expect(unbalanced(page)).toEqual([]);
    for (const { id } of results.cases) expect(page).toContain(`id="case-${id}"`);
    for (const { id } of results.requirements) expect(page).toContain(`class="id">${id}</th>`);
    expect(page.match(/<details id=/g)).toHaveLength(results.cases.length);
  });

  test("asks nothing of another host", () => {
    const sources = [...page.matchAll(/(?:src|href|action|url)\s*[=(]\s*"?([^")>\s]+)/g)].map(
      (match) => match[1] ?? "",
    );
    const outside = sources.filter((source) => !/^(#|\.\/|https:\/\/bugs\.example\/12$)/.test(source));
    expect(outside).toEqual([]);
    expect(page).not.toMatch(/@import|<link|<iframe|<img/);
  });

  test("its policy names exactly its own script and style", () => {
    const policy = page.match(/Content-Security-Policy" content="([^"]*)"/)?.[1] ?? "";
    for (const name of ["style", "script"]) {
      const source = page.match(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`))?.[1] ?? "";
      expect(policy).toContain(`sha256-${createHash("sha256").update(source).digest("base64")}`);
    }
    expect(page).not.toMatch(/ style="| on[a-z]+="/);
  });

  test("a finding stands with clause, expected, got, transcript and command", () => {
    const block = page.slice(page.indexOf('id="case-framing/rfc6455/control-length[ping-126]@rfc6455"'));
    const one = block.slice(0, block.indexOf("</details>"));
    expect(one).toContain("RFC 6455 §5.5");
    expect(one).toContain("<dt>expected</dt><dd><pre>the connection failed with close code 1002</pre>");
    expect(one).toContain("8a 7e 00 7e");
    expect(one).toContain('href="./transcripts/framing_rfc6455_control-length%5Bping-126%5D%40rfc6455.jsonl"');
    expect(one).toContain("--case &#39;framing".replace("&#39;", "'"));
  });

  test("text of a target is no markup", () => {
    const nasty = `</script><script>alert(1)</script><img src=x onerror="x">'`;
    const finding = {
      requirement: nasty,
      level: "MUST",
      clause: nasty,
      message: nasty,
      at: 0,
      expected: nasty,
      got: nasty,
    };
    const result = {
      ...results.cases[3],
      suite: nasty,
      title: nasty,
      reason: nasty,
      rerun: nasty,
      findings: [finding],
      transcript: "javascript:x",
    };
    const known = { reason: nasty, issue: "javascript:alert(1)" };
    const cases = [result, { ...result, id: "b@rfc6455", known }];
    const target = { ...results.target, name: nasty, reach: nasty };
    const hostile = html({ ...results, target, cases } as unknown as Results, options);
    expect(unbalanced(hostile)).toEqual([]);
    expect(hostile.match(/<script>/g)).toHaveLength(1);
    expect(hostile).not.toContain("<img");
    expect(hostile).not.toContain('href="javascript:');
  });

  test("the prefix of transcripts leads from the page to them", () => {
    expect(html(results, { ...options, transcripts: "../out/" })).toContain('href="./../out/transcripts/');
  });

  test("an empty run is a page too", () => {
    expect(unbalanced(html({ ...results, cases: [], requirements: [], planned: 0 }, options))).toEqual([]);
  });

  test("the script is a script", () => expect(() => new Script(SCRIPT)).not.toThrow());
});
