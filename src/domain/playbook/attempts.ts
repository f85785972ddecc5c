import type { RepairPlaybook } from '../../crds/repairplaybook/kind.ts';
import type { RepairRun } from '../../crds/repairrun/kind.ts';
import type { RunPhase } from '../../crds/repairrun/status.ts';
import type { Incident } from '../incidents/incident.ts';
import { openingOf } from '../incidents/opening.ts';
import { hasEnded } from '../repair/next-run-step.ts';
import { runNumber } from './run-name.ts';

/** A run of an incident as far as anybody knows of it. */
export interface Attempt {
  readonly namespace: string;
  readonly name: string;
  readonly playbook: string;
  /** Undefined: its controller has not looked at it yet. */
  readonly phase: RunPhase | undefined;
  /** For this opening of the incident; undefined for an earlier one. */
  readonly number: number | undefined;
  /** For this opening, or of an earlier one and ended in this: that the alert fires again in the quiet time is how a repair fails. */
  readonly counts: boolean;
  readonly isShadow: boolean;
}

/** So far a cache may lag behind what an incident was told of its runs. */
const LAG_MS = 120_000;

/**
 * All runs of an incident: those of the cache, and those that the incident itself remembers, which may be further, and stay when the objects
 * are gone. What was under way and is gone was deleted by somebody: nobody can say what came of it.
 */
export function attemptsOf(incident: Incident, { runs, now }: { readonly runs: readonly RepairRun[]; readonly now: Date }): Attempt[] {
  const known = new Map(runs.filter(({ spec }) => spec.incidentId === incident.id).map(run => [keyOf(run.metadata), ofRun(run, incident)]));
  for (const repair of incident.repairs) {
    const [namespace = '', name = ''] = repair.run.split('/');
    const { playbook } = repair;
    const cached = known.get(repair.run);
    const isDeleted = !cached && !hasEnded(repair.phase) && now.getTime() - repair.updatedAt.getTime() > LAG_MS;
    const phase = isDeleted ? 'Unknown' : repair.phase;
    if (cached && (hasEnded(cached.phase) || !hasEnded(phase))) continue;
    const number = runNumber(name, { namespace, name: playbook }, incident);
    const counts = number !== undefined || endedSince(incident, { phase, at: repair.updatedAt });
    known.set(repair.run, { isShadow: phase === 'DryRun', ...cached, namespace, name, playbook, number, phase, counts });
  }
  return [...known.values()];
}

function ofRun({ metadata: { namespace, name }, spec, status = {} }: RepairRun, incident: Incident): Attempt {
  const playbook = spec.playbookRef.name;
  const { phase, finishedAt } = status;
  const number = runNumber(name, { namespace, name: playbook }, incident);
  const at = finishedAt === undefined ? undefined : new Date(finishedAt);
  return {
    namespace,
    name,
    playbook,
    phase,
    number,
    counts: number !== undefined || endedSince(incident, { phase, at }),
    isShadow: spec.dryRun || spec.mode === 'Shadow',
  };
}

function endedSince(incident: Incident, { phase, at }: { readonly phase: RunPhase | undefined; readonly at: Date | undefined }): boolean {
  return at !== undefined && hasEnded(phase) && at >= openingOf(incident);
}

/** Whether something is being done about the incident, or waits to be: of whatever opening. */
export function isAtWork(attempts: readonly Attempt[]): boolean {
  return attempts.some(attempt => !attempt.isShadow && !hasEnded(attempt.phase));
}

/** Runs of this playbook that count for this opening. */
export function ownAttempts(attempts: readonly Attempt[], { metadata }: RepairPlaybook): Attempt[] {
  return attempts.filter(({ namespace, playbook, counts }) => counts && namespace === metadata.namespace && playbook === metadata.name);
}

/** The number of its next run for this opening. */
export function nextNumber(own: readonly Attempt[]): number {
  return Math.max(-1, ...own.map(({ number = -1 }) => number)) + 1;
}

function keyOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}
