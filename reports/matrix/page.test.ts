import { createHash } from "node:crypto";
import { Script } from "node:vm";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { MatrixResults, ReadableEntry } from "../../harness/matrix/results.ts";
import sample from "../samples/matrix.json" with { type: "json" };
import { matrixHtml } from "./html.ts";
import { MATRIX_SCRIPT } from "./script.ts";

const results = sample as unknown as MatrixResults;
const entries: ReadableEntry[] = [
  { at: 0, t: 0.1, from: "client", kind: "request", head: "GET /netconf HTTP/1.1", body: "Host: a" },
  { at: 14, t: 2, from: "server", kind: "message", head: "<hello> text, 20 bytes", body: "<hello/>" },
];
const transcripts = new Map([["transcripts/reference+reference-client+rfc6455.session.jsonl", entries]]);
const options = { unexpected: [], stale: [], transcripts };
const page = matrixHtml(results, options);

/** Names of elements left open, or closed out of turn. */
function unbalanced(markup: string): string[] {
  const empty = new Set(["meta", "input", "rect", "br"]);
  const open: string[] = [];
  const bare = markup.replace(/<(style|script)[^>]*>[\s\S]*?<\/\1>/g, "");
  for (const [, close, name = "", rest = ""] of bare.matchAll(/<(\/?)([a-z][a-z0-9]*)((?:[^>"]|"[^"]*")*)>/g)) {
    if (empty.has(name) || rest.endsWith("/")) continue;
    if (close === "") open.push(name);
    else if (open.at(-1) === name) open.pop();
    else return [`</${name}> in ${open.join(" ")}`];
  }
  return open;
}

describe("the page of a matrix", () => {
  test("is balanced, with a button and the details of every cell, and every peer", () => {
    expect(unbalanced(page)).toEqual([]);
    expect(page.match(/<button type="button" class="cell /g)).toHaveLength(results.cells.length);
    expect(page.match(/<template id="cell-/g)).toHaveLength(results.cells.length);
    for (const { name } of [...results.servers, ...results.clients]) expect(page).toContain(`>${name}`);
  });

  test("asks nothing of another host, and its policy names exactly its own script and style", () => {
    const sources = [...page.matchAll(/(?:src|href|action|url)\s*[=(]\s*"?([^")>\s]+)/g)].map(
      (match) => match[1] ?? "",
    );
    expect(sources.filter((source) => !/^(#|\.\/)/.test(source))).toEqual([]);
    const policy = page.match(/Content-Security-Policy" content="([^"]*)"/)?.[1] ?? "";
    for (const name of ["style", "script"]) {
      const source = page.match(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`))?.[1] ?? "";
      expect(policy).toContain(`sha256-${createHash("sha256").update(source).digest("base64")}`);
    }
    expect(page).not.toMatch(/ style="| on[a-z]+="/);
  });

  test("a cell leads to findings with end, clause, expected and got, to the wire, and to its command", () => {
    const start = page.indexOf('<template id="cell-7"');
    const cell = page.slice(start, page.indexOf("</template>", start));
    expect(cell).toContain("do not talk");
    expect(cell).toContain("the server had broken WS-HS-016 (RFC 6455 §4.2.2)");
    expect(cell).toContain('<span class="end server">server</span>');
    expect(cell).toContain("<dt>got</dt><dd><pre>AAAA</pre></dd>");
    expect(cell).toContain("--cell 'acme×reference-client@rfc6455'");
    const first = page.slice(page.indexOf('<template id="cell-0"'), page.indexOf('<template id="cell-1"'));
    expect(first).toContain('data-wire="0" data-id="0-0"');
    expect(first).toContain('.session.pcapng">pcapng</a>');
  });

  test("what went over the wire lies in it, compressed", () => {
    const blob = page.match(/id="wire">([^<]*)</)?.[1] ?? "";
    expect(JSON.parse(gunzipSync(Buffer.from(blob, "base64")).toString())).toEqual([
      [
        [0, 0.1, "client", "request", "GET /netconf HTTP/1.1", "Host: a"],
        [14, 2, "server", "message", "<hello> text, 20 bytes", "<hello/>"],
      ],
    ]);
  });

  test("a client has a column for each dialect that it meets, and one where it meets none", () => {
    expect(page).toMatch(/colspan="3" class="name">\s*<span[^>]*>reference-client</);
    expect(page).toMatch(/colspan="1" class="name absent">\s*<span[^>]*>firefox-esr</);
  });

  test("text of a peer is no markup", () => {
    const nasty = `</template></script><script>alert(1)</script><img src=x onerror="x">'`;
    const finding = {
      requirement: nasty,
      level: "MUST",
      clause: nasty,
      message: nasty,
      at: 1,
      expected: nasty,
      got: nasty,
      end: "server",
      fails: true,
      known: nasty,
    };
    const part = {
      ...results.cells[0]?.parts[0],
      name: nasty,
      area: nasty,
      title: nasty,
      reason: nasty,
      said: [nasty],
      findings: [finding],
      transcript: "javascript:x",
    };
    const cell = {
      ...results.cells[0],
      server: nasty,
      client: nasty,
      reason: nasty,
      rerun: nasty,
      known: nasty,
      parts: [part],
    };
    const peer = { name: nasty, role: "server", version: nasty, unavailable: nasty };
    const hostile = matrixHtml(
      { ...results, title: nasty, servers: [peer], clients: [peer], cells: [cell] } as unknown as MatrixResults,
      {
        ...options,
        transcripts: new Map([["javascript:x", [{ at: 1, t: 0, kind: "message", head: nasty, body: nasty }]]]),
      },
    );
    expect(unbalanced(hostile)).toEqual([]);
    expect(hostile.match(/<script>/g)).toHaveLength(1);
    expect(hostile).not.toContain("<img");
    expect(hostile).not.toContain('href="javascript:');
  });

  test("a matrix that was cut short before its first cell is a page too", () => {
    const cut = {
      ...results,
      complete: false,
      reason: "interrupted",
      cells: [],
      summary: { ...results.summary, error: 0 },
    };
    const made = matrixHtml(cut, options);
    expect(unbalanced(made)).toEqual([]);
    expect(made).toContain("interrupted");
  });

  test("the script is a script", () => expect(() => new Script(MATRIX_SCRIPT)).not.toThrow());
});
