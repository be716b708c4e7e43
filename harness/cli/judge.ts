import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import type { Finding, Role, Transcript } from "../judge/types.ts";
import { UsageError } from "../run/errors.ts";
import type { Judged, Recording } from "../run/recordings.ts";
import type { DialectName } from "../wire/types.ts";
import type { Finish } from "./program.ts";
import { reasonOf } from "./read-results.ts";
import { complain } from "./terminal.ts";
import { oneDialect, path } from "./values.ts";

interface Flags {
  readonly dialect?: DialectName;
  readonly pcapng?: string;
  readonly json?: string;
  readonly junit?: string;
  readonly html?: string;
  readonly strict?: true;
  readonly quiet?: true;
  readonly verbose?: true;
}

/** `ncwspec judge`: judges transcripts that a run has kept, and captures of a network, without a target. */
export function judgeCommand(finish: Finish): Command {
  return new Command("judge")
    .description("judge recorded transcripts again, or both ends of the connections in a capture")
    .argument("<file...>", "transcripts (.jsonl) and captures (pcap, pcapng), or folders of them")
    .option("--dialect <name>", "of connections in a capture whose handshake is missing or names none", oneDialect)
    .option("--pcapng <file>", "what was judged as a capture, with a comment at the packet of each finding", path)
    .option("--json <file>", "results file", path)
    .option("--junit <file>", "JUnit XML", path)
    .option("--html <file>", "one self-contained page", path)
    .option("--strict", "warn and inconc count as failures")
    .option("--quiet", "only what is unexpected")
    .option("--verbose", "every case of every group")
    .addHelpText("after", EXAMPLES)
    .action(async (files: string[], flags: Flags) => finish(await execute(files, flags)));
}

const EXAMPLES = `
Examples:
  $ ncwspec judge out/transcripts
  $ ncwspec judge 'out/transcripts/replay_seam[1]@rfc6455.jsonl' --json again.json
  $ ncwspec judge 'out/transcripts/replay_seam[1]@rfc6455.jsonl' --pcapng seam.pcapng   open it in Wireshark
  $ ncwspec judge session.pcap
  $ ncwspec judge late.pcapng --dialect hybi-06`;

async function execute(places: readonly string[], flags: Flags): Promise<number> {
  const { judgeRecordings } = await import("../run/recordings.ts");
  const { exitCode } = await import("../run/exit-code.ts");
  const { prepareOutputs, writeOutputs } = await import("./outputs.ts");
  const { printSummary } = await import("./summary.ts");
  const strict = flags.strict === true;
  const recordings = places.flatMap(recordingsAt);
  prepareOutputs(flags);
  const { dialect } = flags;
  const { results, judged } = judgeRecordings(recordings, {
    ...(dialect === undefined ? {} : { dialect }),
    onNote: complain,
  });
  if (flags.pcapng !== undefined) await writePcapng(flags.pcapng, judged);
  const written = await writeOutputs(results, flags, { strict, stale: [], transcripts: undefined });
  printSummary(results, flags, { written: [...(flags.pcapng === undefined ? [] : [flags.pcapng]), ...written] });
  return exitCode(results, { strict, stale: [], interrupted: false });
}

/** One capture of all that was judged: of a connection judged at both ends the findings of both. */
async function writePcapng(file: string, judged: readonly Judged[]): Promise<void> {
  const { pcapng } = await import("../capture/write.ts");
  const { attempt } = await import("./outputs.ts");
  const told = new Map<Transcript, { finding: Finding; role: Role }[]>();
  for (const { transcript, result } of judged) {
    if (!transcript) continue;
    const findings = result.findings.map((finding) => ({ finding, role: result.role }));
    told.set(transcript, [...(told.get(transcript) ?? []), ...findings]);
  }
  const bytes = pcapng([...told].map(([transcript, findings]) => ({ transcript, findings })));
  attempt(file, () => writeFileSync(file, bytes));
}

const readable = /\.(?:jsonl|pcap|pcapng|cap)$/;

/** @throws UsageError for what cannot be read, and for a folder without recordings */
function recordingsAt(place: string): Recording[] {
  try {
    if (!statSync(place).isDirectory()) return [{ file: place, content: readFileSync(place) }];
    const names = readdirSync(place).filter((name) => readable.test(name));
    if (names.length > 0)
      return names.sort().map((name) => ({ file: join(place, name), content: readFileSync(join(place, name)) }));
  } catch (error) {
    throw new UsageError(`cannot read ${place}: ${reasonOf(error)}`);
  }
  throw new UsageError(`${place}: no transcripts (.jsonl) and no captures (.pcap, .pcapng) in this folder`);
}
