/** A process that proves some of the mutants (see `prove.ts`). */
import { serve } from "./fellow.ts";
import type { ProofWork } from "./prove.ts";
import { planProof, proveSubjects } from "./prove-subjects.ts";
import type { MutantResult } from "./results.ts";

serve<ProofWork, MutantResult>(async ({ options }, report, { signal, next }) => {
  const run = { ...options, signal };
  await proveSubjects(planProof(run), next, run, report);
});
