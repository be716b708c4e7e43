import { expect, test } from "vitest";
import type { Results } from "../harness/run/results.ts";
import { markdown } from "./markdown.ts";
import sample from "./samples/run.json" with { type: "json" };

const results = sample as unknown as Results;

test("says what came of it, by suite and by requirement", () => {
  const page = markdown(results, { strict: false, stale: ["replay/*"] });
  expect(page).toMatch(/^## ncwspec: acme-os 4\.2\n\n\*\*✗ The harness failed in 1 case\*\*/);
  expect(page).toContain("| rfc6455 | framing | 1 |  | 2 |  |  |  |");
  expect(page).toContain("### fail: WS-FRM-012\n");
  expect(page).toContain("again: ncwspec run ws://127.0.0.1:8080/netconf --seed 7");
  expect(page).toContain("### No longer failing\n\n- `replay/*`");
  expect(page).toContain("- fail `replay/complete-once@rfc6455`: fixed in the next release");
});

test("text of a target is no markup", () => {
  const finding = {
    requirement: "R-1",
    level: "MUST",
    clause: "x",
    message: "<img src=x> | [a](b) *c*",
    at: 0,
    got: "```\n# no",
  };
  const cases = [{ ...results.cases[3], findings: [finding] }];
  const page = markdown({ ...results, cases } as unknown as Results, { strict: false, stale: [] });
  expect(page).toContain("&lt;img src=x&gt; \\| \\[a\\](b) \\*c\\*");
  expect(page).toContain("````text\ngot: ```\n# no\n");
});
