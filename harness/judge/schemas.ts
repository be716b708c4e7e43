/** The schemas of NETCONF messages and events, `fixtures/xsd`, read and compiled when first asked for. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compileXsd, type XmlSchema } from "../netconf/xsd.ts";

export type SchemaName = "netconf" | "notification" | "netmod" | "base-notifications";

const compiled = new Map<SchemaName, XmlSchema>();

/** @throws Error when the file is missing from the installation or is no schema */
export function schema(name: SchemaName): XmlSchema {
  const known = compiled.get(name) ?? compileXsd(readFileSync(pathOf(name), "utf8"));
  compiled.set(name, known);
  return known;
}

/** Beside the sources, or one folder further up from the built files. */
function pathOf(name: SchemaName): string {
  const places = ["../../", "../../../"].map((up) =>
    fileURLToPath(new URL(`${up}fixtures/xsd/${name}.xsd`, import.meta.url)),
  );
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new Error(`fixtures/xsd/${name}.xsd is missing from the installation`);
  return found;
}
