import { createHash } from "node:crypto";
import type { Results } from "../harness/run/results.ts";
import { casesSection } from "./html/cases.ts";
import { findingsSection } from "./html/findings.ts";
import { text } from "./html/markup.ts";
import { overview, suiteTable } from "./html/overview.ts";
import { requirementTable } from "./html/requirements.ts";
import { SCRIPT } from "./html/script.ts";
import { STYLE } from "./html/style.ts";

export interface HtmlOptions {
  readonly strict: boolean;
  readonly stale: readonly string[];
  /** What stands before a transcript's path to reach it from the page: "" or a relative path that ends with `/`. */
  readonly transcripts: string;
}

/**
 * One self-contained page. It asks nothing of any other host, and its policy forbids any script or style
 * but its own, since much of its text was written by the target.
 */
export function html(results: Results, options: HtmlOptions): string {
  const policy = `default-src 'none'; script-src '${hash(SCRIPT)}'; style-src '${hash(STYLE)}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${text(results.target.name)}: ncwspec</title>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#cases">To the cases</a>
${overview(results, options)}
<main>
${suiteTable(results)}
${findingsSection(results)}
${casesSection(results, options.transcripts)}
${requirementTable(results)}
</main>
<footer>Written by ncwspec ${text(results.tool.version)} from a results file of schema ${text(results.schema)}.</footer>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function hash(source: string): string {
  return `sha256-${createHash("sha256").update(source).digest("base64")}`;
}
