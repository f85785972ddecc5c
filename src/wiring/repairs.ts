import { kubernetesPlaybookWriter } from '../adapters/kubernetes/playbook-writer.ts';
import { kubernetesRepairs } from '../adapters/kubernetes/repairs/repairs.ts';
import type { Config } from '../config/load.ts';
import { playbookController } from '../controllers/repairplaybook/controller.ts';
import type { PromoterDeps } from '../controllers/repairplaybook/deps.ts';
import { knownTotals } from '../controllers/repairplaybook/known-totals.ts';
import { promoter } from '../controllers/repairplaybook/promoter.ts';
import { runController } from '../controllers/repairrun/controller.ts';
import { runsOfPlaybook } from '../controllers/repairrun/watch.ts';
import { storedRepairPlaybook } from '../crds/repairplaybook/stored.ts';
import { readStored } from '../crds/repairrun/parse.ts';
import { ENDED_PHASES, RUN_PHASES } from '../crds/repairrun/status.ts';
import { storedRepairRun } from '../crds/repairrun/stored.ts';
import { repairTold, type Tellers } from '../domain/incidents/told.ts';
import { runOf } from '../domain/playbook/run-of.ts';
import type { AlertWitness } from '../domain/ports/alert-witness.ts';
import type { IncidentStore } from '../domain/ports/incident-store.ts';
import type { LearningRepository } from '../domain/ports/learning-repository.ts';
import type { People } from '../domain/ports/people.ts';
import type { PromotionMemory } from '../domain/ports/promotion-memory.ts';
import type { RunSpecs } from '../domain/ports/run-specs.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Controller, EventSink, KindController } from '../kube/controller.ts';
import type { ControllerSeries } from '../telemetry/controller-metrics.ts';
import type { Logger } from '../telemetry/logger.ts';
import { playbookMetrics } from '../telemetry/playbook-metrics.ts';
import type { Metrics } from '../telemetry/registry.ts';
import { repairMetrics } from '../telemetry/repair-metrics.ts';
import type { Caches } from './caches.ts';
import type { RepairDesk } from './repair-desk.ts';
import { failingRepairs, failingRepairRecords, type RepairEnds } from './repair-failpoints.ts';

export interface RepairsParts {
  readonly config: Config;
  readonly client: KubeClient;
  readonly seen: Pick<Caches, 'playbooks' | 'runs'>;
  readonly desk: RepairDesk;
  readonly incidents: IncidentStore;
  readonly learning: LearningRepository;
  readonly promoted: PromotionMemory;
  readonly people: People;
  readonly witness: AlertWitness;
  readonly tellers: Tellers;
  readonly events: EventSink;
  readonly metrics: Metrics;
  readonly controllers: (name: string) => ControllerSeries;
  readonly log: Logger;
  readonly now: () => Date;
}

/** The controllers of playbooks and of their runs, and what makes playbooks of repairs that have proved themselves. */
export function repairs(parts: RepairsParts): readonly Controller[] {
  const { config, client, people, learning, promoted: memory } = parts;
  const { failpoint } = config.faults;
  const ends = failingRepairs(
    { repairs: kubernetesRepairs(client), people, learning, writer: kubernetesPlaybookWriter(client), memory },
    failpoint,
  );
  const totals = knownTotals(learning, () => performance.now());
  const runs = runsOf(parts, ends);
  const playbooks = playbooksOf(parts, totals);
  wakeEachOther(parts, { runs, playbooks });
  return [runs, playbooks, promoterOf(parts, { ends, totals })];
}

type Totals = ReturnType<typeof knownTotals>;

function frameOf<T>({ events, log, now }: RepairsParts, of: { client: KubeClient; metrics: ControllerSeries; cache: T }) {
  return { ...of, events, fieldManager: 'awoooi-operator', log, now, random: Math.random };
}

function runsOf(parts: RepairsParts, { repairs, people, learning }: RepairEnds): KindController {
  const { config, client, seen, desk, incidents, witness, tellers } = parts;
  const { objects, pause } = desk;
  const { execution, automaticTier, breakerRuns } = config.repairs;
  const metrics = repairMetrics(parts.metrics, { phases: RUN_PHASES, ended: ENDED_PHASES });
  metrics.readFrom(() => seen.runs.store.list().flatMap(({ status }) => status?.phase ?? []));
  return runController({
    frame: {
      ...frameOf(parts, {
        client: failingRepairRecords(client, config.faults.failpoint),
        metrics: parts.controllers('repairrun'),
        cache: seen.runs.store,
      }),
      parse: storedRepairRun,
    },
    ports: {
      objects,
      repairs,
      people,
      witness,
      pause,
      learning,
      incidents: {
        find: (id, signal) => incidents.find(id, signal),
        show: async (id, repair, signal) => void (await incidents.repairing(id, { repair, tell: repairTold(tellers) }, signal)),
      },
      specs: specsOf(incidents),
    },
    limits: { execution: execution === 'on', automaticTier, breakerRuns },
    metrics,
    monotonic: () => performance.now(),
  });
}

/** The same incident, the playbook as it is now. */
function specsOf(incidents: Pick<IncidentStore, 'find'>): RunSpecs {
  return {
    async again(run, playbook, signal) {
      const id = run.spec.incidentId;
      const incident = id === undefined ? undefined : await incidents.find(id, signal);
      const made = incident && runOf(playbook, incident);
      return made?.is === 'run' ? made.run.spec : undefined;
    },
  };
}

function playbooksOf(parts: RepairsParts, totals: Totals): KindController {
  const { config, seen, learning } = parts;
  const client = failingRepairRecords(parts.client, config.faults.failpoint);
  const cache = seen.playbooks.store;
  return playbookController({
    frame: { ...frameOf(parts, { client, metrics: parts.controllers('repairplaybook'), cache }), parse: storedRepairPlaybook },
    learning,
    totals,
  });
}

/** A run that ended has taught its playbook something; a playbook that changed may mean that its runs are void. */
function wakeEachOther({ seen, desk }: RepairsParts, of: { readonly runs: KindController; readonly playbooks: KindController }): void {
  seen.runs.store.subscribe((key, priority) => {
    const stored = seen.runs.store.get(key);
    if (priority === 'low' || stored?.status?.learned !== true) return;
    const read = readStored(stored);
    if (read.ok) of.playbooks.enqueue(`${read.object.metadata.namespace}/${read.object.spec.playbookRef.name}`);
  });
  seen.playbooks.store.subscribe((key, priority) => {
    if (priority === 'low') return;
    for (const run of runsOfPlaybook(desk.objects.runs(), key)) of.runs.enqueue(run);
  });
}

function promoterOf(parts: RepairsParts, { ends, totals }: { readonly ends: RepairEnds; readonly totals: Totals }): Controller {
  const { config, seen, desk, incidents, log, now } = parts;
  const counted = playbookMetrics(parts.metrics);
  counted.readFrom(() => seen.playbooks.store.list().map(({ status }) => status?.trust));
  return promoter({
    learning: ends.learning,
    totals,
    incidents,
    playbooks: () => desk.objects.playbooks(),
    writer: ends.writer,
    memory: ends.memory,
    ...learnedPlaces(config),
    counted: counted.promotion,
    log,
    now,
    random: Math.random,
  });
}

/** Where learned playbooks may be written. */
export function learnedPlaces({ repairs, kubernetes: { namespaces } }: Config): Pick<PromoterDeps, 'learnedNamespace' | 'looksAfter'> {
  return {
    learnedNamespace: repairs.learnedNamespace,
    looksAfter: namespace => namespaces.length === 0 || namespaces.includes(namespace),
  };
}
