import type { TargetFile } from "../target/types.ts";

/** The target file with every deadline multiplied. */
export function scaled(file: TargetFile, timeScale: number): TargetFile {
  const deadlines = Object.fromEntries(
    Object.entries(file.access.deadlines).map(([name, ms]) => [name, ms * timeScale]),
  );
  return { ...file, access: { ...file.access, deadlines: deadlines as unknown as TargetFile["access"]["deadlines"] } };
}
