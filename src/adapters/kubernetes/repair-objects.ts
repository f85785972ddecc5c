import { z } from 'zod';
import type { ParsedObject } from '../../crds/parsed-object.ts';
import { readStored as readPlaybook } from '../../crds/repairplaybook/parse.ts';
import type { StoredRepairPlaybook } from '../../crds/repairplaybook/stored.ts';
import { INCIDENT_LABEL, PLAYBOOK_LABEL, REPAIR_RUN } from '../../crds/repairrun/kind.ts';
import { readStored as readRun } from '../../crds/repairrun/parse.ts';
import type { StoredRepairRun } from '../../crds/repairrun/stored.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import type { RepairObjects, RunRef, WantedRun } from '../../domain/ports/repair-objects.ts';
import type { KubeClient } from '../../kube/client.ts';
import { collectionPath } from '../../kube/key.ts';
import { isConflict, isGone } from '../../kube/status.ts';
import { portFailure } from './port-failure.ts';
import { liveRun, runPath } from './live-run.ts';
import { liveRuns } from './live-runs.ts';
import { recordAnswer } from './run-answer.ts';
import { recordDecision } from './run-decision.ts';

/** What reflectors hold of a kind. */
interface Cached<T> {
  list(): readonly T[];
}

export interface RepairObjectsDeps {
  readonly client: KubeClient;
  readonly playbooks: Cached<StoredRepairPlaybook>;
  readonly runs: Cached<StoredRepairRun>;
  /** Those that are looked after; empty: all. */
  readonly namespaces: readonly string[];
  readonly now: () => Date;
}

/** Playbooks and runs of the caches, and what is written of runs besides their controller's own status. */
export function kubernetesRepairObjects({ client, playbooks, runs, namespaces, now }: RepairObjectsDeps): RepairObjects {
  const validPlaybooks = onlyValid(readPlaybook);
  const validRuns = onlyValid(readRun);
  return {
    playbooks: () => validPlaybooks(playbooks.list()),
    runs: () => validRuns(runs.list()),
    runsNow: signal => liveRuns(client, namespaces, signal),
    create: (run, signal) => created(client, run, signal),
    decide: (run, decision, signal) => recordDecision({ client, now }, { run, decision, signal }),
    answer: (run, word, signal) => recordAnswer({ client, now }, { run, word, signal }),
    remove: (run, signal) => removed(client, run, signal),
  };
}

/** Reads each version of an object once: a cache holds an object of its own for each. */
function onlyValid<Stored extends object, T>(read: (stored: Stored) => ParsedObject<T>): (all: readonly Stored[]) => readonly T[] {
  const known = new WeakMap<Stored, ParsedObject<T>>();
  const parsed = (stored: Stored): ParsedObject<T> => {
    const before = known.get(stored);
    if (before) return before;
    const made = read(stored);
    known.set(stored, made);
    return made;
  };
  return all =>
    all.flatMap(stored => {
      const one = parsed(stored);
      return one.ok ? [one.object] : [];
    });
}

async function created(client: KubeClient, run: WantedRun, signal: AbortSignal): Promise<boolean> {
  const { namespace, name, spec } = run;
  const body = {
    apiVersion: `${REPAIR_RUN.group}/${REPAIR_RUN.version}`,
    kind: REPAIR_RUN.kind,
    metadata: { name, namespace, labels: labelsOf(run) },
    spec,
  };
  try {
    await client.request({ method: 'POST', path: collectionPath(REPAIR_RUN, namespace), body, signal });
    return true;
  } catch (err) {
    if (!isConflict(err)) throw portFailure(err, `creating RepairRun ${namespace}/${name}`);
    await requireSameCause(client, run, signal);
    return false;
  }
}

const Cause = z.object({ playbookRef: z.object({ name: z.string() }), incidentId: z.string().optional() });

/** A namesake that is of something else would keep this run from ever being made, unseen. By the spec, which nobody can change. */
async function requireSameCause(client: KubeClient, run: WantedRun, signal: AbortSignal): Promise<void> {
  const namesake = await liveRun(client, run, signal);
  if (!namesake) return;
  const cause = Cause.safeParse(namesake.spec).data;
  if (cause?.playbookRef.name === run.playbook && cause.incidentId === run.spec.incidentId) return;
  const problem = `there is a RepairRun ${run.namespace}/${run.name} that was made for something else: delete it, and this one is made`;
  throw new PortError('rejected', problem, { statusCode: 409 });
}

function labelsOf({ playbook, spec }: WantedRun): Record<string, string> {
  return {
    [PLAYBOOK_LABEL]: labelValue(playbook),
    ...(spec.incidentId !== undefined && { [INCIDENT_LABEL]: labelValue(spec.incidentId) }),
  };
}

const LONGEST_LABEL = 63;

/** Names may be longer than the values of labels: whoever lists by the label compares spec.playbookRef as well. */
function labelValue(name: string): string {
  return name.slice(0, LONGEST_LABEL).replace(/[^a-zA-Z0-9]+$/, '');
}

/** Of this uid alone: a namesake that was made meanwhile stays. */
async function removed(client: KubeClient, run: RunRef, signal: AbortSignal): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: run.uid } };
  try {
    await client.request({ method: 'DELETE', path: runPath(run), body, signal });
  } catch (err) {
    if (!isGone(err) && !isConflict(err)) throw portFailure(err, `deleting RepairRun ${run.namespace}/${run.name}`);
  }
}
