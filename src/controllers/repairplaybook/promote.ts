import type { RepairPlaybook } from '../../crds/repairplaybook/kind.ts';
import type { Incident } from '../../domain/incidents/incident.ts';
import { posteriorAmong } from '../../domain/learning/posterior.ts';
import { type LearnedPlaybook, promotion, type RootCause, rootCauseOf } from '../../domain/learning/promotion.ts';
import {
  isNewEvidence,
  learnedPlaybook,
  namespaceIn,
  playbooksFor,
  playbookThere,
  sameRepair,
} from '../../domain/playbook/learned-playbook.ts';
import { learnedStep } from '../../domain/playbook/learned-step.ts';
import type { ActionRecord, PromotionCandidate } from '../../domain/ports/learning-repository.ts';
import type { LearnedObject } from '../../domain/ports/playbook-writer.ts';
import type { PromotionResult } from '../../telemetry/playbook-metrics.ts';
import type { PromoterDeps } from './deps.ts';

/** What became of a candidate, and for the log why. */
export interface Promoted {
  readonly result: PromotionResult;
  readonly why?: string;
  readonly playbook?: string;
}

export interface Promoting {
  readonly signal: AbortSignal;
  /** Throws unless this process still leads: right before each write to the cluster. */
  readonly fence: () => void;
}

const OUTCOMES = 20;

/**
 * Decides about one action that may have proved itself, and writes its playbook. It is taken off the list only once that is done: who dies
 * before begins anew, and finds the playbook there.
 */
export async function promote(candidate: PromotionCandidate, at: Promoting, deps: PromoterDeps): Promise<Promoted> {
  const promoted = await decided(candidate, at, deps);
  await deps.learning.settle(candidate, at.signal);
  return promoted;
}

interface Known {
  readonly record: ActionRecord;
  readonly incident: Incident | undefined;
  readonly rootCause: RootCause | undefined;
  readonly lowerBound: number;
}

async function decided(candidate: PromotionCandidate, at: Promoting, deps: PromoterDeps): Promise<Promoted> {
  const known = await knownOf(candidate, at.signal, deps);
  if (!known) return { result: 'refused', why: 'nothing is known of it any more' };
  const { anomalyKey } = candidate;
  const { record, incident, rootCause, lowerBound } = known;
  const playbooks = deps.playbooks();
  const there = playbooksFor(playbooks, incident ?? { anomalyKey, name: '', labels: {} });
  const existing = there.map(playbookThere);
  const namespace = namespaceFor(incident, deps);
  const answer = promotion({ anomalyKey, success: true, namespace, record, lowerBound, rootCause, existing });
  const same = sameRepair(playbooks, candidate);
  // Whatever is decided: as long as it is there, it was not deleted.
  if (same) await deps.memory.seen(candidate, record.successes, at.signal);
  if (answer.is === 'not-yet') return { result: 'refused', why: answer.why };
  if (!incident || !rootCause)
    return { result: 'unwritable', why: 'none of its incidents is kept any more, so it is not known what it was done to' };
  const made = learnedOf({ incident, playbook: answer.playbook, rootCause }, deps);
  if ('result' in made) return made;
  return same ? await renewed({ same, made, rootCause }, at, deps) : await created(made, { candidate, record, at }, deps);
}

async function knownOf(candidate: PromotionCandidate, signal: AbortSignal, deps: PromoterDeps): Promise<Known | undefined> {
  const { anomalyKey, action } = candidate;
  const { learning } = deps;
  const [{ actions }, outcomes, incident, totals] = await Promise.all([
    learning.anomaly(anomalyKey, signal),
    learning.outcomes({ anomalyKey, action, limit: OUTCOMES }, signal),
    newestIncident(anomalyKey, signal, deps),
    deps.totals(signal),
  ]);
  const record = actions.find(one => one.action === action);
  if (!record) return undefined;
  const lesson = { action, own: record.verified, anomalyClass: undefined };
  const { lowerBound } = posteriorAmong(lesson, totals, deps.now());
  return { record, incident, rootCause: rootCauseOf(outcomes, incident?.analysis), lowerBound };
}

/** A page may hold fewer than asked for, and only without `next` is it the last. */
async function newestIncident(anomalyKey: string, signal: AbortSignal, { incidents }: PromoterDeps): Promise<Incident | undefined> {
  let cursor: string | undefined;
  do {
    const page = await incidents.list({ anomalyKey, limit: 1, ...(cursor !== undefined && { cursor }) }, signal);
    if (page.incidents[0]) return page.incidents[0];
    cursor = page.next;
  } while (cursor !== undefined);
  return undefined;
}

interface Found {
  readonly incident: Incident;
  readonly playbook: LearnedPlaybook;
  readonly rootCause: RootCause;
}

function namespaceFor(incident: Incident | undefined, { learnedNamespace }: PromoterDeps): string | undefined {
  return learnedNamespace ?? (incident && namespaceIn(incident.labels));
}

function learnedOf({ incident, playbook, rootCause }: Found, deps: PromoterDeps): LearnedObject | Promoted {
  const learned = learnedStep(playbook.action, { labels: incident.labels, text: playbook.rootCause });
  if (!learned.ok) return { result: 'unwritable', why: learned.why };
  const namespace = namespaceFor(incident, deps);
  if (namespace === undefined) return { result: 'no_namespace', why: `its alert names no namespace: ${SET_ONE}` };
  if (!deps.looksAfter(namespace)) return { result: 'no_namespace', why: `namespace ${namespace} is not looked after: ${SET_ONE}` };
  return learnedPlaybook({ namespace, of: incident, playbook, rootCauseBy: rootCause.by, step: learned.step });
}

const SET_ONE = 'set AWOOOI_LEARNED_PLAYBOOK_NAMESPACE, or add the namespace to AWOOOI_NAMESPACES';

interface Renewing {
  readonly same: RepairPlaybook;
  readonly made: LearnedObject;
  readonly rootCause: RootCause;
}

/** A playbook that is there is left as it is, but where somebody has said anew why it helps: a model says it otherwise every time. */
async function renewed({ same, made, rootCause }: Renewing, { signal, fence }: Promoting, { writer }: PromoterDeps): Promise<Promoted> {
  const { namespace, name } = same.metadata;
  const playbook = `${namespace}/${name}`;
  if (same.spec.source === 'manual') return { result: 'manual', playbook };
  const isOld = rootCause.by === 'model' || same.spec.rootCause === made.spec.rootCause;
  // Under another name somebody else looks after it.
  if (isOld || namespace !== made.namespace || name !== made.name) return { result: 'unchanged', playbook };
  fence();
  return { result: await writer.write(made, signal), playbook };
}

interface Creating {
  readonly candidate: PromotionCandidate;
  readonly record: ActionRecord;
  readonly at: Promoting;
}

/** Written, then remembered: who dies between the two finds it there, and remembers it then. */
async function created(made: LearnedObject, { candidate, record, at }: Creating, { memory, writer }: PromoterDeps): Promise<Promoted> {
  const playbook = `${made.namespace}/${made.name}`;
  const lastSeen = await memory.lastSeen(candidate, at.signal);
  const wasDeleted = lastSeen !== undefined && !isNewEvidence(record.successes, lastSeen);
  if (wasDeleted && !(await writer.mayLearnAgain(made, at.signal))) return { result: 'deleted', playbook };
  at.fence();
  const result = await writer.write(made, at.signal);
  await memory.seen(candidate, record.successes, at.signal);
  return { result, playbook };
}
