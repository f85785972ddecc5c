import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { BenchResult } from './result.ts';

/** What bench/results.json holds. Every result is named `<bench>: <figure>`. */
export interface Report {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly commit: string;
  readonly results: readonly BenchResult[];
}

const Results = z.object({
  results: z.array(z.object({ name: z.string(), value: z.number(), unit: z.string(), target: z.string(), met: z.boolean() })),
});

/** The results that the file holds; none where there is no file, or none of ours. */
export function resultsBefore(file: string): readonly BenchResult[] {
  if (!existsSync(file)) return [];
  try {
    return Results.parse(JSON.parse(readFileSync(file, 'utf8'))).results;
  } catch {
    return [];
  }
}

/** What was there, with all figures of the benches that ran replaced by those measured now. */
export function merged(before: readonly BenchResult[], now: readonly BenchResult[], ran: ReadonlySet<string>): readonly BenchResult[] {
  return [...before.filter(({ name }) => !ran.has(name.split(':', 1)[0] ?? '')), ...now];
}
