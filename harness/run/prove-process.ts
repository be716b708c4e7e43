/** A process that proves a share of the mutants (see `prove.ts`). */
import { serve } from "./fellow.ts";
import { type ProofWork, proofShare } from "./prove.ts";
import { planProof, proveSubjects } from "./prove-subjects.ts";
import type { MutantResult } from "./results.ts";

serve<ProofWork, MutantResult>(async ({ options, share }, report, { signal }) => {
  const run = { ...options, signal };
  await proveSubjects(proofShare(planProof(run), share), run, report);
});
