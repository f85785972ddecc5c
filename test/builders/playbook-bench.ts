import type { PlaybookDeps } from '../../src/controllers/repairplaybook/deps.ts';
import { playbookReconciler } from '../../src/controllers/repairplaybook/reconcile.ts';
import type { RepairPlaybook } from '../../src/crds/repairplaybook/kind.ts';
import type { RepairPlaybookStatus } from '../../src/crds/repairplaybook/status.ts';
import { storedRepairPlaybook } from '../../src/crds/repairplaybook/stored.ts';
import { stepsHash } from '../../src/domain/playbook/playbook-hash.ts';
import type { ActionRecord, ActionTotals, PlaybookRecord, RepairOutcome } from '../../src/domain/ports/learning-repository.ts';
import { PortError } from '../../src/domain/ports/port-error.ts';
import { sameJson, wantedStatus } from '../../src/kube/status.ts';
import type { Emission, Outcome } from '../../src/kube/reconcile.ts';
import { playbookRecord, type Ran } from './playbook-record.ts';
import { repairPlaybook } from './anomaly-playbook.ts';

export type Reported = RepairOutcome & { readonly at: Date };

/** The reconciler before one playbook, whose status is written as the frame would, and a store that says what the test wants. */
export class PlaybookBench {
  readonly start = new Date('2026-03-29T12:00:00Z');
  now = this.start;
  /** Whatever was reported of the action, newest first. */
  reported: readonly Reported[] = [];
  /** What verified outcomes of the same action have shown, its own among them. */
  totals: readonly ActionTotals[] = [];
  isAway = false;
  reads = 0;
  writes = 0;
  readonly events: Emission[] = [];
  playbook: RepairPlaybook;
  readonly #ran = new Map<string, readonly Ran[]>();

  constructor(given: Parameters<typeof repairPlaybook>[0] = {}) {
    this.playbook = repairPlaybook(given);
  }

  readonly deps: PlaybookDeps = {
    learning: {
      playbook: ({ steps }) => this.#read(this.#record(steps)),
      anomaly: () => this.#read({ occurrences: 1, actions: this.#actions() }),
      outcomes: ({ limit }) => this.#read(this.reported.slice(0, limit)),
    },
    totals: async () => this.totals,
  };

  /** With the steps that it has now. By how many hours before the start they were; later ones are negative. */
  get runs(): readonly Ran[] {
    return this.#ran.get(stepsHash(this.playbook.spec)) ?? [];
  }

  set runs(runs: readonly Ran[]) {
    this.#ran.set(stepsHash(this.playbook.spec), runs);
  }

  /** So many seconds later. */
  wait(seconds: number): void {
    this.now = new Date(this.now.getTime() + seconds * 1_000);
  }

  /** Another spec, or other annotations. */
  change({ spec, annotations }: { readonly spec?: object; readonly annotations?: Record<string, string> }): void {
    const { metadata, status } = this.playbook;
    const generation = metadata.generation + (spec ? 1 : 0);
    this.playbook = repairPlaybook({
      spec: { ...this.playbook.spec, ...spec },
      metadata: { ...metadata, generation, ...(annotations && { annotations }) },
      ...(status && { status }),
    });
  }

  async turn(): Promise<Outcome<RepairPlaybookStatus>> {
    const context = { signal: new AbortController().signal, now: () => this.now, priority: 'normal' as const, fence: () => {} };
    const outcome = await playbookReconciler(this.deps)(this.playbook, context);
    if (outcome.undecided === true) return outcome;
    const status = wantedStatus(this.playbook, outcome, this.now);
    if (!sameJson(status, this.playbook.status)) {
      this.writes += 1;
      this.playbook = { ...this.playbook, ...storedStatus(this.playbook, status) };
    }
    this.events.push(...(outcome.events ?? []));
    return outcome;
  }

  /** `True Reason` of a condition. */
  shown(type: string): string {
    const condition = this.playbook.status?.conditions?.find(one => one.type === type);
    return condition ? `${condition.status} ${condition.reason}` : 'none';
  }

  #record(steps: string): PlaybookRecord {
    const elapsed = (this.now.getTime() - this.start.getTime()) / 3_600_000;
    return playbookRecord(
      (this.#ran.get(steps) ?? []).map(([success, hours]) => [success, hours + elapsed]),
      this.now,
    );
  }

  #actions(): ActionRecord[] {
    const { reported } = this;
    if (reported.length === 0) return [];
    const successes = reported.filter(({ success }) => success).length;
    const verified = { successes: 0, failures: 0, asOf: this.now };
    return [{ action: 'restart_pod', attempts: reported.length, successes, recentSeconds: [20], verified, lastAt: this.now }];
  }

  async #read<T>(value: T): Promise<T> {
    this.reads += 1;
    if (this.isAway) throw new PortError('unavailable', 'Redis does not answer');
    return value;
  }
}

function storedStatus(playbook: RepairPlaybook, status: object): { status?: RepairPlaybookStatus } {
  const { status: stored } = storedRepairPlaybook({ ...playbook, status });
  return stored ? { status: stored } : {};
}
