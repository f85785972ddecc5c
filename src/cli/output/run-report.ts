import type { HopResult, RunResult } from '../../domain/chain/hop-result.ts';
import { runPassed } from '../../domain/chain/hop-result.ts';

/** One probe of a file with what its run found. */
export interface ProbeReport {
  readonly namespace: string;
  readonly name: string;
  readonly run: RunResult;
}

export type Format = 'table' | 'json' | 'junit';
export type Render = (reports: readonly ProbeReport[], style: { readonly colour: boolean }) => string;

export function allPassed(reports: readonly ProbeReport[]): boolean {
  return reports.length > 0 && reports.every(({ run }) => runPassed(run));
}

export function notPassed({ run }: ProbeReport): readonly HopResult[] {
  return run.hops.filter(({ result }) => result !== 'Passed');
}

export function durationMsOf({ run: { startedAt, finishedAt } }: ProbeReport): number {
  return Math.max(0, finishedAt.getTime() - startedAt.getTime());
}

/** `12 ms`, `1.2 s`, `2 m 5 s`: as short as it may be said. */
export function spoken(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} m ${Math.round((ms % 60_000) / 1000)} s`;
}
