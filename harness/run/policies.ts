/** Which requirements of basis `policy` a target is held to: those that its file or the command line asks for. */
import type { Catalogue } from "../judge/catalogue.ts";
import type { TargetFile } from "../target/types.ts";
import { UsageError } from "./errors.ts";

/** The ids in the setting `policies`; `all` stands for every policy there is. */
export function policiesOf({ claims }: Pick<TargetFile, "claims">, catalogue: Catalogue): ReadonlySet<string> {
  const { policies } = claims.settings;
  if (policies === "all") return new Set(catalogue.all.filter(({ basis }) => basis === "policy").map(({ id }) => id));
  return new Set(Array.isArray(policies) ? policies.map(String) : []);
}

/** @throws UsageError when one of them is no policy: such a requirement binds anyway, or there is none of that id */
export function checkPolicies(target: Pick<TargetFile, "claims">, catalogue: Catalogue): void {
  for (const id of policiesOf(target, catalogue)) {
    const row = catalogue.get(id);
    if (row === undefined) throw new UsageError(`policies: requirement ${id} is not in the catalogue`);
    if (row.basis !== "policy") throw new UsageError(`policies: ${id} is ${row.basis}, and binds without being asked`);
  }
}

/** The target with these policies beside those of its file. */
export function withPolicies<T extends Pick<TargetFile, "claims">>(target: T, asked: readonly string[]): T {
  const { claims } = target;
  const own = claims.settings["policies"];
  const all = own === "all" || asked.includes("all");
  const policies = all ? "all" : [...new Set([...(Array.isArray(own) ? own.map(String) : []), ...asked])];
  return { ...target, claims: { ...claims, settings: { ...claims.settings, policies } } };
}
