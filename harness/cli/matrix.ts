import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import type { MatrixFile } from "../matrix/file.ts";
import type { PlannedCell } from "../matrix/plan.ts";
import type { Cell, MatrixResults } from "../matrix/results.ts";
import { UsageError } from "../run/errors.ts";
import type { Finish } from "./program.ts";
import { reasonOf } from "./read-results.ts";
import { columnsOf, out as print, wantsColor } from "./terminal.ts";
import { factor, path, patterns, wholeNumber } from "./values.ts";

interface Flags {
  readonly out?: string;
  readonly cell?: readonly string[];
  readonly jobs?: number;
  readonly timeScale?: number;
  readonly json?: string;
  readonly markdown?: string;
  readonly strict?: true;
  readonly dryRun?: true;
  readonly quiet?: true;
}

/** `ncwspec matrix`: every server with every client, and the suite on each of them. */
export function matrixCommand(finish: Finish): Command {
  return new Command("matrix")
    .description("every server with every client, watched on the wire; one page of results")
    .argument("<file>", "matrix file: servers, clients, dialects")
    .option("--out <dir>", "the page, matrix.json, matrix.md and the transcripts (out)", path)
    .option("--cell <pattern>", "only these cells, put in place of the old ones in --out (repeatable)", patterns)
    .option("--jobs <n>", "servers at the same time (as many as cores)", wholeNumber(1, 64))
    .option("--time-scale <x>", "factor for every deadline", factor)
    .option("--json <file>", "the results once more", path)
    .option("--markdown <file>", "the tables once more", path)
    .option("--strict", "findings at SHOULD level and what is not available count too")
    .option("--dry-run", "print the cells, and run nothing")
    .option("--quiet", "only what is unexpected")
    .addHelpText("after", EXAMPLES)
    .action(async (file: string, flags: Flags) => finish(await execute(file, flags)));
}

const EXAMPLES = `
A pattern is server×client or server×client@dialect; * stands for any name, and " x " serves for ×. The suite stands
in the matrix as a client of its own, and as a server: 'ws×suite' is the server suite on ws.

Examples:
  $ ncwspec matrix fixtures/matrix.yaml --out out
  $ ncwspec matrix fixtures/matrix.yaml --cell 'ws x chromium' --out out
  $ ncwspec matrix fixtures/matrix.yaml --cell 'jetty-7.4.0×*@hybi-06' --dry-run`;

async function execute(path: string, flags: Flags): Promise<number> {
  const { loadMatrixFile } = await import("../matrix/file.ts");
  const { activities } = await import("../matrix/run.ts");
  const { planCells } = await import("../matrix/plan.ts");
  const { deadPatterns } = await import("../matrix/outcome.ts");
  const { EXIT } = await import("../run/exit-code.ts");
  const file = loadMatrixFile(path, activities());
  const all = planCells(file);
  const dead = deadPatterns(
    file.known,
    all.map(({ id }) => id),
  );
  if (dead.length > 0) throw new UsageError(`${path}: known: matches nothing: ${dead.join(", ")}`);
  const cells = await chosen(all, flags.cell);
  if (flags.dryRun) {
    print(cells.map(({ id }) => `${id}\n`).join(""));
    return cells.length > 0 ? EXIT.ok : EXIT.notExecuted;
  }
  return run(file, all, cells, flags);
}

async function chosen(all: readonly PlannedCell[], wanted: readonly string[] | undefined): Promise<PlannedCell[]> {
  if (wanted === undefined) return [...all];
  const { cellMatcher } = await import("../matrix/cell-id.ts");
  const matchers = wanted.map((pattern) => {
    const matches = cellMatcher(pattern);
    if (!all.some(({ id }) => matches(id))) throw new UsageError(`--cell ${pattern} matches no cell`);
    return matches;
  });
  return all.filter(({ id }) => matchers.some((matches) => matches(id)));
}

async function run(
  file: MatrixFile,
  all: readonly PlannedCell[],
  cells: readonly PlannedCell[],
  flags: Flags,
): Promise<number> {
  const { runMatrix } = await import("../matrix/run.ts");
  const { withRerun } = await import("../matrix/outcome.ts");
  const { prepareOutputs } = await import("./outputs.ts");
  const { listenForInterrupt } = await import("./interrupt.ts");
  const out = flags.out ?? "out";
  prepareOutputs({ out, ...(flags.json && { json: flags.json }), ...(flags.markdown && { markdown: flags.markdown }) });
  const before = flags.cell === undefined ? undefined : earlier(out, file);
  const live = await openMatrixLive(flags, cells.length);
  const interrupt = listenForInterrupt();
  try {
    const results = await runMatrix({
      file,
      cells,
      out,
      jobs: flags.jobs ?? availableParallelism(),
      timeScale: flags.timeScale ?? 1,
      signal: interrupt.signal,
      onCell: live.cell,
    }).finally(live.end);
    const ids = all.map(({ id }) => id);
    const merged = before === undefined ? results : withRerun(before, results, ids);
    return await conclude(merged, file, flags, out, interrupt.signal.aborted);
  } finally {
    interrupt.dispose();
  }
}

/** The matrix that is in the folder already, of the same file. */
function earlier(out: string, { path }: MatrixFile): MatrixResults | undefined {
  const place = join(out, "matrix.json");
  let text: string;
  try {
    text = readFileSync(place, "utf8");
  } catch {
    return undefined;
  }
  try {
    const results = JSON.parse(text) as MatrixResults;
    if (results.schema === "ncwspec-matrix/1" && results.file === path) return results;
  } catch (error) {
    throw new UsageError(`${place} is no matrix: ${reasonOf(error)}; name another folder with --out`);
  }
  throw new UsageError(`${place} is the matrix of another file; name another folder with --out`);
}

interface MatrixLive {
  readonly cell: (cell: Cell, done: number, planned: number) => void;
  readonly end: () => void;
}

/** A line a cell as it is done; on a terminal, a status line below them. */
async function openMatrixLive(flags: Flags, planned: number): Promise<MatrixLive> {
  const { openLive } = await import("./live.ts");
  const { cellLine } = await import("../../reports/matrix/console.ts");
  const { isUnexpected } = await import("../matrix/verdict.ts");
  const live = openLive(flags.quiet === true);
  let failing = 0;
  live.status(0, planned, 0);
  return {
    end: live.end,
    cell: (cell, done, planned) => {
      if (cell.verdict === "error" || isUnexpected(cell, flags.strict === true)) failing += 1;
      live.line(cellLine(cell, live.style));
      live.status(done, planned, failing);
    },
  };
}

async function conclude(
  results: MatrixResults,
  file: MatrixFile,
  flags: Flags,
  out: string,
  interrupted: boolean,
): Promise<number> {
  const { matrixExit, staleCells, unexpectedCells } = await import("../matrix/outcome.ts");
  const { matrixSummary } = await import("../../reports/matrix/console.ts");
  const { styleFor } = await import("../../reports/style.ts");
  const strict = flags.strict === true;
  const stale = staleCells(file.known, results.cells);
  const unexpected = unexpectedCells(results, strict);
  const written = await writeMatrix(results, { unexpected, stale }, flags, out);
  print(
    matrixSummary(results, {
      style: styleFor(wantsColor(process.stdout)),
      columns: columnsOf(process.stdout),
      unexpected,
      stale,
      written,
      quiet: flags.quiet === true,
    }),
  );
  return matrixExit(results, { strict, stale, interrupted });
}

/** @returns the paths of what was written */
async function writeMatrix(
  results: MatrixResults,
  told: { readonly unexpected: readonly Cell[]; readonly stale: readonly string[] },
  flags: Flags,
  out: string,
): Promise<string[]> {
  const { matrixHtml } = await import("../../reports/matrix/html.ts");
  const { matrixMarkdown } = await import("../../reports/matrix/markdown.ts");
  const { readParts } = await import("../matrix/part-files.ts");
  const json = `${JSON.stringify(results, null, 2)}\n`;
  const markdown = matrixMarkdown(results);
  const files: [string | undefined, string][] = [
    [join(out, "matrix.json"), json],
    [flags.json, json],
    [join(out, "matrix.md"), markdown],
    [flags.markdown, markdown],
    [join(out, "index.html"), matrixHtml(results, { ...told, transcripts: readParts(out, results) })],
  ];
  return files.flatMap(([place, text]) => {
    if (place === undefined) return [];
    try {
      writeFileSync(place, text);
    } catch (error) {
      throw new UsageError(`cannot write ${place}: ${reasonOf(error)}`);
    }
    return [place];
  });
}
