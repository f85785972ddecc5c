import type { RepairPlaybook } from '../../src/crds/repairplaybook/kind.ts';
import type { RepairRun } from '../../src/crds/repairrun/kind.ts';
import type { Incident, IncidentRepair } from '../../src/domain/incidents/incident.ts';
import type { RuleTiming } from '../../src/domain/ports/alert-rule-timings.ts';
import type { AlertTestimony } from '../../src/domain/ports/alert-witness.ts';
import type { RepairOutcome } from '../../src/domain/ports/learning-repository.ts';
import type { Errand } from '../../src/domain/ports/people.ts';
import type { PauseRequest } from '../../src/domain/ports/repair-pause.ts';
import type { CarriedOut, Planned, Repairs, WorkloadState } from '../../src/domain/ports/repairs.ts';
import type { RunPorts } from '../../src/controllers/repairrun/deps.ts';
import type { RepairObjects } from '../../src/domain/ports/repair-objects.ts';
import { runOf } from '../../src/domain/playbook/run-of.ts';
import { waitsForPeople } from '../../src/domain/repair/steps-of.ts';
import { INCIDENT, knownIncident } from './known-run.ts';

/** What is changed outside of the process and of its own object; the names are those of the failpoints. */
export type RunEffect = 'run-effect' | 'run-undo' | 'run-learn' | 'run-create' | 'run-remove' | 'run-show';

type Around = <T>(effect: RunEffect, act: () => T) => Promise<T>;

interface Doing {
  readonly run: string;
  readonly step: number;
  readonly plan: string;
}

/** The world around the runs, in memory. A plan is another each time that it is made: an intent recorded twice shows as two deeds. */
export class RepairPorts implements Pick<RunPorts, 'learning'> {
  readonly stored = new Map<string, RepairRun>();
  readonly books = new Map<string, RepairPlaybook>();
  /** What was done, each once: a plan that was carried out before is known again. */
  readonly done: Doing[] = [];
  readonly undone: Doing[] = [];
  readonly told: Errand[] = [];
  readonly recorded: RepairOutcome[] = [];
  readonly reported: (RepairOutcome & { readonly at: Date })[] = [];
  /** What incidents were told of their repairs. */
  readonly incident = new Map<string, IncidentRepair>();
  readonly known = new Map<string, Incident>([[INCIDENT, knownIncident()]]);
  /** Runs as this replica's cache shows them; undefined: as they are stored. */
  cached: (() => readonly RepairRun[]) | undefined;
  pauses: readonly PauseRequest[] | Error = [];
  enabled = true;
  /** Of which workload a pod is, both as KIND/NAME. */
  readonly owners = new Map<string, string>();
  workload: WorkloadState | Error = { is: 'available', detail: 'All replicas are available.' };
  testimony: AlertTestimony | Error = { alert: 'firing', chain: 'alive', detail: 'It fires.' };
  /** The alert's, as long as it is there. */
  rule: RuleTiming | undefined | Error = undefined;
  answers: { plan?: Planned | Error; dryRun?: string | Error; carryOut?: CarriedOut | Error; undo?: CarriedOut | Error } = {};
  /** A store that does not answer. */
  away: { learning?: Error; incidents?: Error; creating?: Error } = {};
  #plans = 0;
  readonly #around: Around;

  constructor(around: Around = async (_, act) => act()) {
    this.#around = around;
  }

  get ports(): RunPorts {
    return {
      objects: this.objects,
      repairs: this.repairs,
      people: {
        tell: errand =>
          this.#around('run-effect', () => {
            if (!this.told.some(({ run, step }) => run.uid === errand.run.uid && step === errand.step)) this.told.push(errand);
            return waitsForPeople(errand.action)
              ? { is: 'with-people', detail: 'People are asked.' }
              : { is: 'done', detail: 'It was sent.' };
          }),
      },
      witness: { look: async () => orThrow(this.testimony), ruleOf: async () => orThrow(this.rule) },
      pause: { requests: async () => orThrow(this.pauses), request: async () => {}, withdraw: async () => false },
      learning: this.learning,
      incidents: {
        find: async id => {
          orThrow(this.away.incidents);
          return this.known.get(id);
        },
        show: (_, repair) =>
          this.#around('run-show', () => {
            orThrow(this.away.incidents);
            this.incident.set(repair.run, repair);
          }),
      },
      specs: {
        again: async (run, playbook) => {
          const incident = this.known.get(run.spec.incidentId ?? '');
          const made = incident && runOf(playbook, incident);
          return made?.is === 'run' ? made.run.spec : undefined;
        },
      },
    };
  }

  readonly objects: RepairObjects = {
    playbooks: () => [...this.books.values()],
    runs: () => this.cached?.() ?? [...this.stored.values()],
    runsNow: async () => [...this.stored.values()],
    create: ({ namespace, name, spec }) =>
      this.#around('run-create', () => {
        orThrow(this.away.creating);
        const key = `${namespace}/${name}`;
        if (this.stored.has(key)) return false;
        const metadata = { namespace, name, uid: `uid of ${name}`, generation: 1, resourceVersion: '1' };
        this.stored.set(key, { apiVersion: 'awoooi.io/v1alpha1', kind: 'RepairRun', metadata, spec });
        return true;
      }),
    decide: async () => 'missing',
    answer: async () => 'missing',
    remove: ({ namespace, name }) => this.#around('run-remove', () => void this.stored.delete(`${namespace}/${name}`)),
  };

  readonly repairs: Repairs = {
    plan: async ({ action, target }) => {
      this.#plans += 1;
      const of = `${target?.kind}/${target?.name}`;
      const step = { summary: `${action} ${of}`, plan: JSON.stringify({ plan: this.#plans }), workload: this.owners.get(of) ?? of };
      return orThrow(this.answers.plan) ?? { is: 'planned', step };
    },
    dryRun: async () => {
      const reason = orThrow(this.answers.dryRun);
      return reason === undefined ? { is: 'fine' } : { is: 'refused', reason };
    },
    carryOut: ({ plan }, { run, step }) =>
      this.#around('run-effect', () => this.#do(this.done, { run, step, plan }, this.answers.carryOut)),
    seen: async ({ plan }) => (this.done.some(doing => doing.plan === plan) ? 'done' : 'not-done'),
    undo: ({ plan }, { run, step }) => this.#around('run-undo', () => this.#do(this.undone, { run, step, plan }, this.answers.undo)),
    state: async () => orThrow(this.workload),
    isEnabled: async () => this.enabled,
  };

  readonly learning: RunPorts['learning'] = {
    record: outcomes =>
      this.#around('run-learn', () => {
        orThrow(this.away.learning);
        for (const outcome of outcomes) if (!this.recorded.some(({ id }) => id === outcome.id)) this.recorded.push(outcome);
        return outcomes.map(() => ({ is: 'recorded', attempts: 1, successes: 1 }));
      }),
    anomaly: async () => {
      orThrow(this.away.learning);
      const nothing = { attempts: 1, successes: 0, recentSeconds: [], verified: { successes: 0, failures: 0, asOf: new Date(0) } };
      const actions = [...new Set(this.reported.map(({ action }) => action))];
      return { occurrences: 1, actions: actions.map(action => ({ ...nothing, action, lastAt: new Date(0) })) };
    },
    outcomes: async ({ action, limit }) => this.reported.filter(outcome => outcome.action === action).slice(0, limit),
  };

  #do(list: Doing[], doing: Doing, answer: CarriedOut | Error | undefined): CarriedOut {
    const other = orThrow(answer);
    if (other) return other;
    if (!list.some(({ plan }) => plan === doing.plan)) list.push(doing);
    return { is: 'done', detail: 'It was done.' };
  }
}

function orThrow<T>(value: T | Error): T {
  if (value instanceof Error) throw value;
  return value;
}
