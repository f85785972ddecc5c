import type { AlertChainProbe } from '../../src/crds/alertchainprobe/kind.ts';
import type { AlertChainProbeSpec } from '../../src/crds/alertchainprobe/spec.ts';
import type { AlertChainProbeStatus } from '../../src/crds/alertchainprobe/status.ts';
import type { ProbeDeps } from '../../src/controllers/alertchainprobe/deps.ts';
import { probeReconciler } from '../../src/controllers/alertchainprobe/reconcile.ts';
import { Tasks } from '../../src/controllers/alertchainprobe/tasks.ts';
import type { HopResult } from '../../src/domain/chain/hop-result.ts';
import type { Announced } from '../../src/domain/ports/announcer.ts';
import { type Context, type Emission, foldConditions, type Outcome } from '../../src/kube/reconcile.ts';
import type { JudgedProbe } from '../../src/telemetry/probe-lines.ts';
import { eventually } from '../parts/eventually.ts';
import { alertChainProbe, type ProbeParts } from './alert-chain-probe.ts';

export const START = Date.parse('2026-01-01T00:00:30Z');
export const good: HopResult = { name: 'api', type: 'Health', result: 'Passed', message: 'healthy', latencyMs: 12 };

const onDone = (): void => {};

/** The reconciler over a world of the test's own: a clock, a chain that answers as told, and an object that is written as the frame would. */
export class ProbeBench {
  now = START;
  probe: AlertChainProbe;
  hops: readonly HopResult[] = [good];
  announcements: string[] = [];
  alreadyTold: string[] = [];
  announced: Announced = { is: 'sent' };
  /** How the dead man's switch answers. */
  beat: () => Promise<Announced> = async () => ({ is: 'sent' });
  beats: Announced['is'][] = [];
  runs = 0;
  observed = 0;
  series = new Set<string>();
  judged: JudgedProbe | undefined;
  rollout: () => Promise<string | undefined> = async () => undefined;
  hang = false;
  events: Emission[] = [];
  writes = 0;
  leading = true;
  deps: ProbeDeps;

  constructor(parts: ProbeParts = {}) {
    this.probe = alertChainProbe(parts);
    this.deps = this.#deps();
  }

  /** What a new process knows: nothing. */
  crash(): void {
    this.deps.runs.dropAll();
    this.deps = this.#deps();
  }

  async turn(): Promise<Outcome<AlertChainProbeStatus>> {
    const context: Context = {
      signal: new AbortController().signal,
      now: () => new Date(this.now),
      priority: 'normal',
      fence: () => this.#fence(),
    };
    const outcome = await probeReconciler(this.deps)(this.probe, context);
    this.#write(outcome);
    return outcome;
  }

  /** Turns until nothing more is to be done at once and no run is under way. */
  async settle(): Promise<Outcome<AlertChainProbeStatus>> {
    for (;;) {
      const before = this.writes;
      const outcome = await this.turn();
      const running = this.probe.status?.lastRun?.phase === 'Running';
      if (this.writes === before && !running) return outcome;
      if (this.deps.runs.state('prod/production')?.phase === 'running') await eventually(() => this.#done());
    }
  }

  condition(type: string): string {
    const found = this.probe.status?.conditions?.find(one => one.type === type);
    return found ? `${found.status}/${found.reason}` : 'absent';
  }

  change(spec: Partial<AlertChainProbeSpec>): void {
    const { metadata } = this.probe;
    this.probe = { ...this.probe, spec: { ...this.probe.spec, ...spec }, metadata: { ...metadata, generation: metadata.generation + 1 } };
  }

  #done(): boolean {
    return this.deps.runs.state('prod/production')?.phase === 'done';
  }

  #fence(): void {
    if (!this.leading) throw new Error('not leading');
  }

  #write({ status, conditions, events = [] }: Outcome<AlertChainProbeStatus>): void {
    const folded = foldConditions({
      before: this.probe.status?.conditions ?? [],
      decisions: conditions,
      generation: this.probe.metadata.generation,
      now: new Date(this.now),
    });
    const next = { ...this.probe.status, ...status, conditions: [...folded], observedGeneration: this.probe.metadata.generation };
    if (JSON.stringify(next) !== JSON.stringify(this.probe.status)) this.writes += 1;
    this.probe = { ...this.probe, status: next };
    this.events.push(...events);
  }

  #deps(): ProbeDeps {
    return {
      runs: new Tasks({ limit: 4, onDone }),
      notices: new Tasks({ limit: 4, onDone }),
      heartbeats: new Tasks({ limit: 4, onDone }),
      plans: new Map(),
      newRunId: () => `run-${++this.runs}`,
      now: () => new Date(this.now),
      runChain: async () => {
        if (this.hang) await new Promise(() => {});
        return { startedAt: new Date(this.now), finishedAt: new Date(this.now), hops: this.hops };
      },
      announcer: {
        announce: async (_, notice) => {
          this.announcements.push(notice.kind);
          this.alreadyTold.push(...(notice.told ?? []));
          return this.announced;
        },
        heartbeat: async () => {
          this.announcements.push('heartbeat');
          return this.beat();
        },
      },
      rollouts: { completed: () => this.rollout() },
      metrics: {
        register: (namespace, name) => void this.series.add(`${namespace}/${name}`),
        restore: () => {},
        observe: () => void this.observed++,
        judge: (_, __, judged) => void (this.judged = judged),
        readFrom: () => {},
        late: () => {},
        heartbeat: (_, __, result) => void this.beats.push(result),
        remove: (namespace, name) => void this.series.delete(`${namespace}/${name}`),
        clear: () => this.series.clear(),
      },
      forget: key => void this.series.delete(key),
    };
  }
}
