import type { RepairPlaybook } from '../../crds/repairplaybook/kind.ts';
import type { PlaybookStats } from '../../crds/repairplaybook/status.ts';
import { lessonOf } from '../../domain/playbook/lesson.ts';
import { stepsHash } from '../../domain/playbook/playbook-hash.ts';
import type { Tried } from '../../domain/playbook/playbook-stats.ts';
import type { ActionRecord, PlaybookRecord } from '../../domain/ports/learning-repository.ts';
import type { PlaybookDeps } from './deps.ts';

const LAST = 10;

/** What is known of a playbook: of its own verified runs, and of all that it is tried by. */
export interface Known {
  readonly record: PlaybookRecord;
  readonly tried: Tried;
}

/**
 * A playbook for one anomaly shows whatever was reported of its action there; one for an alert, whose anomalies are many, its own runs. At rest that
 * is two reads of the store at most: single outcomes are read only where there are new ones.
 */
export async function knownOf(playbook: RepairPlaybook, { learning }: PlaybookDeps, signal: AbortSignal): Promise<Known> {
  const { namespace, name } = playbook.metadata;
  const { anomalyKey } = playbook.spec.match;
  const { action } = lessonOf(playbook);
  const [record, anomaly] = await Promise.all([
    learning.playbook({ namespace, name, steps: stepsHash(playbook.spec) }, signal),
    anomalyKey === undefined ? undefined : learning.anomaly(anomalyKey, signal),
  ]);
  const reported = anomaly?.actions.find(one => one.action === action);
  if (!reported || anomalyKey === undefined) return { record, tried: ownRuns(record) };
  const stood = figuresOf(playbook);
  if (stood && isSame(stood, reported)) return { record, tried: { ...countsOf(reported), lastOutcomes: stood.lastOutcomes } };
  const outcomes = await learning.outcomes({ anomalyKey, action, limit: LAST }, signal);
  const lastOutcomes = outcomes.map(({ id, by, verified, success, at }) => ({
    run: verified ? nameIn(by) : id,
    success,
    time: at.toISOString(),
  }));
  return { record, tried: { ...countsOf(reported), lastOutcomes } };
}

/** NAMESPACE/NAME of a run, of which the namespace is the playbook's. */
function nameIn(run: string): string {
  return run.slice(run.indexOf('/') + 1);
}

function ownRuns({ attempts, successes, recentSeconds, lastOutcomes }: PlaybookRecord): Tried {
  const shown = lastOutcomes.map(({ by, success, at }) => ({ run: nameIn(by), success, time: at.toISOString() }));
  return { attempts, successes, recentSeconds, lastOutcomes: shown };
}

function countsOf({ attempts, successes, recentSeconds }: ActionRecord): Omit<Tried, 'lastOutcomes'> {
  return { attempts, successes, recentSeconds };
}

/** The figures that stand, as long as they are of this spec: of another anomaly or action there may be just as many outcomes. */
function figuresOf({ metadata, status }: RepairPlaybook): PlaybookStats | undefined {
  return status?.observedGeneration === metadata.generation ? status.stats : undefined;
}

/** Every outcome counts as an attempt. */
function isSame(stood: PlaybookStats, { attempts, successes }: ActionRecord): boolean {
  return stood.attempts === attempts && stood.successes === successes;
}
