/** What a pair does: the activities of `fixtures/activities.yaml`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import type { CheckSpec } from "../judge/check-types.ts";
import { FixtureError } from "../scenario/load.ts";
import type { Step } from "../scenario/types.ts";

/**
 * A drive like that of a scenario, with one step more: `seen` waits until the pair has shown something on the wire. The
 * sessions of the other steps are the suite's own with the server, which make its events and watch them; `task` and
 * `control` are told to the client.
 */
export interface Activity {
  readonly id: string;
  readonly title: string;
  /** The suite whose requirements it is about. */
  readonly area: string;
  /** What the server must claim, as in a scenario; otherwise the pair has it not in common. */
  readonly needs: readonly string[];
  readonly drive: readonly Step[];
  /** Announced checks on the server; `pair` is the connection between the two. */
  readonly judge: readonly CheckSpec[];
}

/**
 * Reads the activities.
 * @param fixtures folder of the fixtures
 * @throws FixtureError when they do not fit their schema
 */
export function loadActivities(fixtures: string): Activity[] {
  const file = join(fixtures, "activities.yaml");
  const schema = (name: string) =>
    JSON.parse(readFileSync(join(fixtures, "schemas", `${name}.schema.json`), "utf8")) as object;
  const rows: unknown = parse(readFileSync(file, "utf8"), { merge: true });
  // The steps and checks that are not its own are those of scenarios.
  const fits = new Ajv2020({ strict: false }).addSchema(schema("scenarios")).compile(schema("activities"));
  if (!fits(rows)) {
    const [first] = fits.errors ?? [];
    throw new FixtureError(`${file}: ${first?.instancePath ?? ""} ${first?.message ?? "does not fit its schema"}`);
  }
  const activities = (rows as (Partial<Activity> & Pick<Activity, "id" | "title" | "area" | "drive">)[]).map((row) => ({
    needs: [],
    judge: [],
    ...row,
  }));
  const twice = activities.find(({ id }, index) => activities.findIndex((other) => other.id === id) !== index);
  if (twice) throw new FixtureError(`${file}: ${twice.id}: the id is used twice`);
  return activities;
}
