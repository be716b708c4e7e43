/**
 * The schemas of the judge against libyang, an independent reader of the YANG modules themselves: it has to refuse and
 * accept the same. It knows nothing of missing leaves in a notification, so for those the event is given to it a second
 * time, as data of the same module with `container` written for `notification`. Skipped where yanglint or the modules
 * are not installed, unless YANGLINT=required.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { readXml } from "../../netconf/index.ts";
import { NS } from "../../netconf/types.ts";
import { schema } from "../schemas.ts";
import { partsOf } from "./schema-parts.ts";

const modules = process.env["YANG_MODULES"] ?? "/usr/share/yuma/modules/ietf";
const events = join(modules, "ietf-netconf-notifications@2012-02-06.yang");
const base = join(modules, "ietf-netconf@2011-06-01.yang");
const isInstalled = existsSync(events) && existsSync(base) && spawnSync("yanglint", ["--version"]).status === 0;
const isRequired = process.env["YANGLINT"] === "required";

const folder = mkdtempSync(join(tmpdir(), "ncwspec-yanglint-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let written = 0;
function file(name: string, text: string): string {
  const path = join(folder, `${written++}-${name}`);
  writeFileSync(path, text);
  return path;
}

function accepts(type: string, module: string, document: string, ...options: readonly string[]): boolean {
  const args = ["-p", modules, "-t", type, ...options, "-f", "xml", "-o", join(folder, "out"), module];
  return spawnSync("yanglint", [...args, file("document.xml", document)]).status === 0;
}

function weAccept(document: string): boolean {
  const reading = readXml(document);
  if (!reading.ok) throw new Error(reading.error.message);
  return partsOf(reading.root).every((part) => schema(part.name).problems(part.document).length === 0);
}

const notified = (event: string): string =>
  `<notification xmlns="${NS.notification}"><eventTime>2026-01-01T00:00:00Z</eventTime>${event}</notification>`;
const leaf = (name: string, value: string): string => `<${name}>${value}</${name}>`;

/** Right and wrong values of the leaves of the module, and leaves that it does not have. */
const leaves: Readonly<Record<string, readonly string[]>> = {
  username: ["u", ""],
  "session-id": ["0", "4", "4294967295", "4294967296", "-1", "x", ""],
  "source-host": [
    "192.0.2.1",
    "2001:db8::1",
    "::1",
    "::ffff:192.0.2.1",
    "here",
    "",
    "192.0.2",
    "1:2",
    "::",
    "fe80::1",
    "1::2::3",
    "1:2:3:4:5:6:7:8",
  ],
  "killed-by": ["1", "0", "4294967295", "x"],
  "termination-reason": ["closed", "killed", "dropped", "timeout", "bad-hello", "other", "bored", ""],
  datastore: ["running", "startup", "candidate"],
  operation: ["merge", "remove", "touch"],
  reason: ["closed"],
};
const changedBy = [
  "<server/>",
  "<server>x</server>",
  "",
  "<server/><username>u</username>",
  "<username>u</username><session-id>1</session-id>",
  "<session-id>1</session-id>",
];
const start = ["username", "session-id", "source-host"];
const children: Readonly<Record<string, readonly string[]>> = {
  "netconf-session-start": start,
  "netconf-session-end": [...start, "termination-reason"],
  "netconf-config-change": ["datastore"],
};

const event = fc.constantFrom(...Object.keys(children)).chain((name) => {
  const own = children[name] ?? [];
  const one = fc.record({
    wrong: fc.nat(9),
    drop: fc.nat(9),
    double: fc.nat(19),
    extra: fc.nat(14),
  });
  return fc
    .record({
      leaves: fc.tuple(
        ...own.map((local) => fc.record({ dice: one, value: fc.constantFrom(...(leaves[local] ?? [])) })),
      ),
      extra: fc.constantFrom(...Object.keys(leaves)),
      dice: one,
      changedBy: fc.constantFrom(...changedBy),
      reversed: fc.boolean(),
    })
    .map((made) => {
      const parts = made.leaves.flatMap(({ dice, value }, at) => {
        const local = own[at] ?? "";
        const said = leaf(local, dice.wrong === 0 ? value : (leaves[local]?.at(local === "session-id" ? 1 : 0) ?? ""));
        return dice.drop === 0 ? [] : dice.double === 0 ? [said, said] : [said];
      });
      if (name === "netconf-config-change") parts.push(leaf("changed-by", made.changedBy));
      if (made.dice.extra === 0) parts.push(leaf(made.extra, leaves[made.extra]?.[0] ?? ""));
      if (made.reversed) parts.reverse();
      return `<${name} xmlns="${NS.base6470}">${parts.join("")}</${name}>`;
    });
});

describe.skipIf(!isInstalled && !isRequired)("libyang", () => {
  test("agrees on events with right and wrong leaves", { timeout: 60_000 }, () => {
    const text = readFileSync(events, "utf8");
    const asData = file(
      "ietf-netconf-notifications.yang",
      text.replace(/^ {2}notification ([a-z-]*) \{/gm, '  container $1 { presence "x"; config false;'),
    );
    const samples = [...new Set(fc.sample(event, { numRuns: isRequired ? 300 : 60, seed: 6470 }))];
    const verdicts = samples.map((sample) => {
      const theirs = accepts("nc-notif", events, notified(sample)) && accepts("data", asData, sample);
      return { sample, ours: weAccept(notified(sample)), theirs };
    });
    expect(verdicts.filter(({ ours, theirs }) => ours !== theirs)).toEqual([]);
    const valid = verdicts.filter(({ ours }) => ours).length;
    expect(Math.min(valid, verdicts.length - valid)).toBeGreaterThan(10);
  });

  /** Of an rpc-error it sees less: neither what is missing nor the order. So what it refuses has to be refused here. */
  test("refuses no reply that is accepted here", () => {
    const request = file("request.xml", `<rpc xmlns="${NS.base}" message-id="1"><close-session/></rpc>`);
    const three = [leaf("error-type", "rpc"), leaf("error-tag", "in-use"), leaf("error-severity", "error")].join("");
    const errors = [
      three,
      `${three}${leaf("error-path", "/x")}${leaf("error-message", "No")}`,
      `${three}${leaf("error-info", leaf("bad-element", "x"))}`,
      `${three}${leaf("error-code", "7")}`,
      `${three}<code xmlns="urn:x"/>`,
      `${three}${leaf("error-severity", "error")}`,
      three.replace("in-use", "no-luck"),
      three.replace(">rpc<", ">xml<"),
      three.replace(">error<", ">fatal<"),
    ];
    const verdicts = ["<ok/>", ...errors.map((inside) => leaf("rpc-error", inside))].map((inside) => {
      const reply = `<rpc-reply xmlns="${NS.base}" message-id="1">${inside}</rpc-reply>`;
      return { inside, ours: weAccept(reply), theirs: accepts("nc-reply", base, reply, "-R", request) };
    });
    expect(verdicts.filter(({ ours, theirs }) => ours && !theirs)).toEqual([]);
    expect(verdicts.filter(({ theirs }) => theirs).length).toBeLessThan(verdicts.length - 3);
  });
});

test.runIf(isRequired)("yanglint and its modules are installed", () => {
  expect(isInstalled).toBe(true);
});
