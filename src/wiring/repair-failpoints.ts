import { z } from 'zod';
import type { Effect } from '../config/slices/faults.ts';
import { RepairRunStatus } from '../crds/repairrun/status.ts';
import { REPAIR_PLAYBOOK } from '../crds/repairplaybook/kind.ts';
import { REPAIR_RUN } from '../crds/repairrun/kind.ts';
import type { LearningRepository } from '../domain/ports/learning-repository.ts';
import type { People } from '../domain/ports/people.ts';
import type { PlaybookWriter } from '../domain/ports/playbook-writer.ts';
import type { PromotionMemory } from '../domain/ports/promotion-memory.ts';
import type { RepairObjects } from '../domain/ports/repair-objects.ts';
import type { RepairPause } from '../domain/ports/repair-pause.ts';
import type { Repairs } from '../domain/ports/repairs.ts';
import { recordStage } from '../domain/repair/record-stage.ts';
import type { KubeClient, KubeRequest } from '../kube/client.ts';
import type { At } from './delivery-failpoints.ts';
import { around, type Failpoint } from './failpoints.ts';

/** What is changed on the way from a run's approval to what is learned of it. */
export interface RepairEnds {
  readonly repairs: Repairs;
  readonly people: People;
  readonly learning: LearningRepository;
  readonly writer: PlaybookWriter;
  readonly memory: PromotionMemory;
}

/** The same ends, dying at the failpoint as by `kill -9`. */
export function failingRepairs(ends: RepairEnds, failpoint: Failpoint): RepairEnds {
  return failpoint ? repairEndsAt(ends, around(failpoint)) : ends;
}

export function repairEndsAt({ repairs, people, learning, writer, memory }: RepairEnds, at: At): RepairEnds {
  return {
    repairs: {
      ...repairs,
      carryOut: (step, place, signal) => at('run-effect', () => repairs.carryOut(step, place, signal)),
      undo: (step, place, signal) => at('run-undo', () => repairs.undo(step, place, signal)),
    },
    people: { tell: (errand, signal) => at('run-effect', () => people.tell(errand, signal)) },
    learning: { ...learning, record: (outcomes, signal) => at('run-learn', () => learning.record(outcomes, signal)) },
    writer: { ...writer, write: (playbook, signal) => at('playbook-write', () => writer.write(playbook, signal)) },
    memory: { ...memory, seen: (of, successes, signal) => at('playbook-seen', () => memory.seen(of, successes, signal)) },
  };
}

/** The same of what is written of runs besides their status. */
export function failingObjects(objects: RepairObjects, failpoint: Failpoint): RepairObjects {
  return failpoint ? objectsAt(objects, around(failpoint)) : objects;
}

export function objectsAt(objects: RepairObjects, at: At): RepairObjects {
  return {
    ...objects,
    create: (run, signal) => at('run-create', () => objects.create(run, signal)),
    remove: (run, signal) => at('run-remove', () => objects.remove(run, signal)),
    decide: (run, decision, signal) => at('decide-run', () => objects.decide(run, decision, signal)),
    answer: (run, word, signal) => at('answer-run', () => objects.answer(run, word, signal)),
  };
}

/** The same of a pause of all repairs. */
export function failingPause(pause: RepairPause, failpoint: Failpoint): RepairPause {
  return failpoint ? pauseAt(pause, around(failpoint)) : pause;
}

export function pauseAt(pause: RepairPause, at: At): RepairPause {
  return {
    ...pause,
    request: (of, signal) => at('repairs-pause', () => pause.request(of, signal)),
    withdraw: (by, signal) => at('repairs-resume', () => pause.withdraw(by, signal)),
  };
}

/** The same of what the controllers record of runs and playbooks on the API server. */
export function failingRepairRecords(client: KubeClient, failpoint: Failpoint): KubeClient {
  if (!failpoint) return client;
  const at = around(failpoint);
  return { ...client, request: request => at(recordOf(request), () => client.request(request)) };
}

const RunRecord = z.object({ status: RepairRunStatus });

function recordOf({ method, path, body }: KubeRequest): Effect | undefined {
  if (method !== 'PATCH' || !path.endsWith('/status')) return undefined;
  if (path.includes(`/${REPAIR_PLAYBOOK.plural}/`)) return 'playbook-record';
  if (!path.includes(`/${REPAIR_RUN.plural}/`)) return undefined;
  const status = RunRecord.safeParse(body).data?.status;
  return status && recordStage(status);
}
