import type { RunLimits, RunDeps } from '../../src/controllers/repairrun/deps.ts';
import { toldFault } from '../../src/domain/ports/told-fault.ts';
import { runDeps } from '../../src/controllers/repairrun/controller.ts';
import { runReconciler } from '../../src/controllers/repairrun/reconcile.ts';
import type { RunOutcome } from '../../src/controllers/repairrun/turn.ts';
import type { Condition } from '../../src/crds/conditions.ts';
import type { RepairPlaybook } from '../../src/crds/repairplaybook/kind.ts';
import type { RepairRun } from '../../src/crds/repairrun/kind.ts';
import type { RepairRunStatus } from '../../src/crds/repairrun/status.ts';
import { hasEnded } from '../../src/domain/repair/next-run-step.ts';
import { type Emission, foldConditions } from '../../src/kube/reconcile.ts';
import { type RunEffect, RepairPorts } from './repair-ports.ts';

/** The process is gone, as by `kill -9`. */
export class Killed extends Error {}

export interface Kill {
  /** Before or after which of all effects and records, counted from 1, the process dies. */
  readonly at: number;
  readonly when: 'before' | 'after';
}

const LIMITS: RunLimits = { execution: true, automaticTier: 3, breakerRuns: 1_000 };

/** The reconciler in front of a world in memory, whose statuses are written as the frame would write them. */
export class RepairBench {
  readonly world: RepairPorts;
  readonly events: Emission[] = [];
  readonly ended: string[] = [];
  readonly firstCalls: number[] = [];
  limits: RunLimits;
  now = new Date('2026-01-01T00:00:00Z');
  monotonicMs = 0;
  kills: Kill[] = [];
  #effects = 0;
  #deps: RunDeps;

  constructor(limits: Partial<RunLimits> = {}) {
    this.limits = { ...LIMITS, ...limits };
    this.world = new RepairPorts((effect, act) => this.#around(effect, act));
    this.#deps = this.#fresh();
  }

  /** What a new process knows: nothing. */
  restart(): void {
    this.#deps = this.#fresh();
  }

  put(...objects: readonly (RepairRun | RepairPlaybook)[]): void {
    for (const object of objects) {
      const key = `${object.metadata.namespace}/${object.metadata.name}`;
      if (isRun(object)) this.world.stored.set(key, object);
      else this.world.books.set(key, object);
    }
  }

  passes(ms: number): void {
    this.now = new Date(this.now.getTime() + ms);
    this.monotonicMs += ms;
  }

  run(key = 'shop/restart-web-1'): RepairRun {
    const run = this.world.stored.get(key);
    if (!run) throw new Error(`${key} is gone`);
    return run;
  }

  status(key?: string): RepairRunStatus {
    return this.run(key).status ?? {};
  }

  condition(type: string, key?: string): Condition | undefined {
    return this.status(key).conditions?.find(one => one.type === type);
  }

  reason(key?: string): string | undefined {
    return this.condition('Ready', key)?.reason;
  }

  /** Written by somebody else, as an API replica would. */
  edit(change: (run: RepairRun) => RepairRun, key?: string): void {
    this.put(change(this.run(key)));
  }

  /** A person approves over the API. */
  approve(by = 'mei@example.com', key?: string): void {
    const one = { by, via: 'api', decision: 'Approve', time: this.now.toISOString() } as const;
    this.edit(run => ({ ...run, status: { ...run.status, approvals: [...(run.status?.approvals ?? []), one] } }), key);
  }

  /** One turn, written. */
  /** Marks of what was counted and is not on record yet. */
  get counting(): number {
    return this.#deps.counted.size;
  }

  async turn(key = 'shop/restart-web-1'): Promise<RunOutcome> {
    const run = this.run(key);
    const context = { signal: new AbortController().signal, now: () => this.now, priority: 'normal' as const, fence: () => {} };
    const outcome = await runReconciler(this.#deps)(run, context).catch(failed);
    await this.#around('status', () => this.#write(key, run, outcome));
    return outcome;
  }

  /** Turns until nothing is to be done at once; answers when it is to be looked at again. */
  async settle(key?: string): Promise<number | undefined> {
    for (let turns = 0; turns < 60; turns += 1) {
      const { requeueAfterMs } = await this.turn(key);
      if (requeueAfterMs !== 0) return requeueAfterMs;
    }
    throw new Error(`it does not settle: ${JSON.stringify(this.status(key))}`);
  }

  /** Settles again and again, time passing as the turns ask for it, until the run has ended. */
  async toEnd(key?: string): Promise<RepairRunStatus> {
    for (let looks = 0; looks < 500; looks += 1) {
      const again = await this.settle(key);
      if (hasEnded(this.status(key).phase)) return this.status(key);
      this.passes(again ?? 60_000);
    }
    throw new Error(`it does not end: ${JSON.stringify(this.status(key))}`);
  }

  #write(key: string, was: RepairRun, { status, conditions, events = [] }: RunOutcome): void {
    if (!this.world.stored.has(key)) return;
    this.events.push(...events);
    const { generation } = was.metadata;
    const folded = foldConditions({ before: was.status?.conditions ?? [], decisions: conditions, generation, now: this.now });
    this.world.stored.set(key, { ...was, status: { ...was.status, ...status, conditions: [...folded], observedGeneration: generation } });
  }

  async #around<T>(effect: RunEffect | 'status', act: () => T): Promise<T> {
    this.#effects += 1;
    const kill = this.kills.find(({ at }) => at === this.#effects);
    if (kill?.when === 'before') throw new Killed(effect);
    const result = act();
    if (kill) throw new Killed(effect);
    return result;
  }

  #fresh(): RunDeps {
    const metrics = {
      ended: (phase: string) => void this.ended.push(phase),
      firstCall: (seconds: number) => void this.firstCalls.push(seconds),
      readFrom: () => {},
    };
    const { ports } = this.world;
    return runDeps({ ports, limits: this.limits, metrics, monotonic: () => this.monotonicMs, now: () => this.now });
  }
}

function isRun(object: RepairRun | RepairPlaybook): object is RepairRun {
  return object.kind === 'RepairRun';
}

/** As the frame writes what a turn threw. */
function failed(err: unknown): RunOutcome {
  const fault = toldFault(err);
  if (!fault) throw err;
  const { reason, message, retryAfterMs = 10_000 } = fault;
  return { conditions: { Ready: { status: 'False', reason, message } }, requeueAfterMs: retryAfterMs };
}
