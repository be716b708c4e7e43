import { expect, test } from "vitest";
import { loadCatalogue } from "../judge/catalogue.ts";
import { checks } from "../judge/checks/index.ts";
import { isKnownNeed } from "../run/needs.ts";
import { fixturesFolder, requirementsFolder } from "../run/package-root.ts";
import { steps } from "../scenario/drive.ts";
import { loadActivities } from "./activities.ts";

const activities = loadActivities(fixturesFolder());
const catalogue = loadCatalogue(requirementsFolder());

test.each(activities.map((activity) => [activity.id, activity] as const))(
  "%s names only what there is",
  (_id, { needs, drive, judge }) => {
    expect(needs.filter((need) => !isKnownNeed(need))).toEqual([]);
    const names = drive.map((step) => Object.keys(step)[0] ?? "");
    expect(names.filter((name) => name !== "seen" && !Object.hasOwn(steps, name))).toEqual([]);
    expect(names.filter((name) => name === "task")).toHaveLength(1);
    for (const [check, args] of judge.flatMap((spec) => Object.entries(spec))) {
      expect(Object.keys(checks)).toContain(check);
      expect(args["on"]).toBe("pair");
      expect(catalogue.has(String(args["requirement"]))).toBe(true);
    }
  },
);

test("the first is the one that all the others rest on", () => expect(activities[0]?.id).toBe("session"));
