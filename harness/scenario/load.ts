/** Reads scenario fixtures, `fixtures/scenarios/**.yaml`: each file a list of scenarios. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { parsedBefore, remember } from "../fixture/parsed.ts";
import type { Role } from "../judge/types.ts";
import { steps } from "./drive.ts";
import { substitute } from "./substitute.ts";
import type { Control, Scenario, Step } from "./types.ts";

/** A fixture that cannot be used; the message names file, scenario and what is wrong. */
export class FixtureError extends Error {}

/** @throws FixtureError on the first file that is not as the schema says. */
export function loadScenarios(folder: string, schemaFile: string): Scenario[] {
  const found = yamlFiles(folder).flatMap((file) =>
    readScenarios(file, schemaFile).map((raw) => scenarioOf(raw, file)),
  );
  const seen = new Map<string, string>();
  for (const scenario of found) {
    const other = seen.get(scenario.id);
    if (other) throw new FixtureError(`${scenario.file}: scenario id ${scenario.id} is used twice (also in ${other})`);
    seen.set(scenario.id, scenario.file);
  }
  return found;
}

function yamlFiles(folder: string): string[] {
  return reading(folder, () => readdirSync(folder, { recursive: true, encoding: "utf8" }))
    .filter((name) => name.endsWith(".yaml"))
    .sort()
    .map((name) => path.join(folder, name));
}

function readScenarios(file: string, schemaFile: string): readonly RawScenario[] {
  const text = reading(file, () => readFileSync(file, "utf8"));
  const known = parsedBefore(text);
  if (known !== undefined) return known as readonly RawScenario[];
  const content = parseYaml(file, text);
  const validate = validatorOf(schemaFile);
  if (validate(content)) {
    remember(text, content);
    return content as readonly RawScenario[];
  }
  const problem = validate.errors?.[0];
  const index = Number(/^\/(\d+)/.exec(problem?.instancePath ?? "")?.[1] ?? -1);
  const id = (content as { id?: unknown }[] | null)?.[index]?.id;
  const where = index < 0 ? [] : [typeof id === "string" ? `${id}:` : `scenario ${index + 1}:`];
  const place = (problem?.instancePath ?? "").replace(/^\/\d+\/?/, "").replaceAll("/", " ");
  throw new FixtureError([`${file}:`, ...where, ...(place === "" ? [] : [place]), complaint(problem)].join(" "));
}

function complaint(problem: ErrorObject | undefined): string {
  if (problem?.keyword === "additionalProperties")
    return `has an unknown member ${problem.params["additionalProperty"]}`;
  if (problem?.keyword === "enum") return `must be one of ${problem.params["allowedValues"].join(", ")}`;
  return problem?.message ?? "is not as the schema says";
}

function reading<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new FixtureError(`${place}: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`);
  }
}

const validators = new Map<string, ValidateFunction>();

function validatorOf(schemaFile: string): ValidateFunction {
  const known = validators.get(schemaFile);
  if (known) return known;
  const schema = JSON.parse(readFileSync(schemaFile, "utf8"));
  // Code that is not inlined is compiled three times as fast, and runs a few times only.
  const options = { allErrors: false, strict: false, inlineRefs: false, code: { optimize: false } };
  const made = new Ajv2020(options).compile(schema);
  validators.set(schemaFile, made);
  return made;
}

function parseYaml(file: string, text: string): unknown {
  try {
    return parse(text, { merge: true });
  } catch (error) {
    throw new FixtureError(`${file}: ${(error as Error).message.split("\n")[0]}`);
  }
}

/** `alone`: the scenario rests on no control and runs also where they failed. */
type RawScenario = Partial<Scenario> & { readonly alone?: boolean } & Pick<Scenario, "id" | "title" | "drive">;

function scenarioOf(raw: RawScenario, file: string): Scenario {
  for (const step of raw.drive) {
    // A step that is a parameter is checked when its row is put in.
    if (typeof step === "string") continue;
    const [name = ""] = Object.keys(step);
    if (!Object.hasOwn(steps, name)) throw new FixtureError(`${file}: ${raw.id}: there is no drive step "${name}"`);
  }
  return {
    role: "server",
    needs: [],
    covers: [],
    exclusive: false,
    judge: [],
    ...raw,
    rests: raw.alone === true ? [] : before(raw.control, restsByRole[raw.role ?? "server"](drivesOf(raw))),
    file,
  };
}

/** The steps of all rows: a parameter may be a whole step. */
function drivesOf({ drive, each }: RawScenario): readonly Step[] {
  return each === undefined ? drive : Object.values(each).flatMap((row) => substitute(drive, row));
}

/** In the order in which they build on each other. */
const order: readonly Control[] = [
  "handshake",
  "session",
  "rpc",
  "streams",
  "subscription",
  "event",
  "replay",
  "report",
  "close",
];

/** A control does not rest on itself, nor on those behind it. */
function before(own: Control | undefined, rests: readonly Control[]): readonly Control[] {
  return own === undefined ? rests : rests.filter((control) => order.indexOf(control) < order.indexOf(own));
}

/** Which controls the steps rest on. */
const restsByRole: Readonly<Record<Role, (drive: readonly Step[]) => Control[]>> = {
  server: restsOnServer,
  client: restsOnClient,
};

function restsOnClient(drive: readonly Step[]): Control[] {
  const steps = drive.flatMap((step) => Object.entries(step) as [string, Readonly<Record<string, unknown>>][]);
  const some = (fits: (name: string, args: Readonly<Record<string, unknown>>) => boolean) =>
    steps.some(([name, args]) => fits(name, args ?? {}));
  const rests: Control[] = ["handshake"];
  if (some((name, { upto }) => name === "hello" || (name === "serve" && upto !== "upgraded"))) rests.push("session");
  if (some((name, { upto }) => name === "serve" && upto === "subscribed")) rests.push("subscription");
  if (some((name, { report }) => name === "await" && report === "notification")) rests.push("report");
  if (some((name, { close }) => name === "control" && close === true)) rests.push("close");
  return rests;
}

function restsOnServer(drive: readonly Step[]): Control[] {
  const names = new Set(drive.map((step) => Object.keys(step)[0]));
  const rests: Control[] = [];
  const text = JSON.stringify(drive);
  rests.push("handshake");
  if (names.has("session")) rests.push("session");
  if (names.has("session") && (names.has("rpc") || names.has("probe") || names.has("subscribe"))) rests.push("rpc");
  if (names.has("trigger")) rests.push("event");
  if (names.has("subscribe")) rests.push("subscription");
  if (/"(startTime|replayComplete)"/.test(text) && names.has("await")) rests.push("replay");
  return rests;
}
