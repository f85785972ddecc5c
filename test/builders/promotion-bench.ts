import { memoryPromotions } from '../../src/adapters/memory/promotion-memory.ts';
import type { PromoterDeps } from '../../src/controllers/repairplaybook/deps.ts';
import { type Promoted, promote } from '../../src/controllers/repairplaybook/promote.ts';
import type { RepairPlaybook } from '../../src/crds/repairplaybook/kind.ts';
import type { Incident } from '../../src/domain/incidents/incident.ts';
import type { PromotionCandidate, RepairOutcome } from '../../src/domain/ports/learning-repository.ts';
import type { LearnedObject, PlaybookWriter } from '../../src/domain/ports/playbook-writer.ts';
import type { PromotionResult } from '../../src/telemetry/playbook-metrics.ts';
import { incidentAt } from './incident.ts';
import { repairPlaybook } from './anomaly-playbook.ts';

export const ANOMALY = 'v1-7000000000000000';

/** The promoter before one action of one anomaly, and a cluster in memory. */
export class PromotionBench {
  readonly now = new Date('2026-03-29T12:00:00Z');
  successes = 5;
  /** By a person, of a run. */
  said: string | undefined = 'a leak in the cache';
  /** In place of what was said of a run. */
  told: RepairOutcome | undefined;
  incident: Incident | undefined = incidentAt(this.now, {
    anomalyKey: ANOMALY,
    labels: { alertname: 'HighLatency', namespace: 'shop', deployment: 'api' },
  });
  candidate: PromotionCandidate = { anomalyKey: ANOMALY, action: 'restart_pod', mark: '1' };
  readonly cluster = new Map<string, LearnedObject>();
  readonly others: RepairPlaybook[] = [];
  readonly settled: string[] = [];
  readonly counted: PromotionResult[] = [];
  readonly logged: string[] = [];
  readonly fields: object[] = [];
  learnAgain = false;
  /** Names of the operations that fail, each as the error says. */
  readonly failing = new Map<string, Error>();

  readonly deps: PromoterDeps = {
    learning: {
      candidates: async () => (this.settled.at(-1) === this.candidate.mark ? [] : [this.candidate]),
      anomaly: async () => ({ occurrences: 9, actions: [this.#record()] }),
      outcomes: async () => [this.#outcome()],
      settle: ({ mark }) => this.#may('settle', () => void this.settled.push(mark)),
    },
    totals: async () => [],
    // An empty page with a next one first, as the store gives them.
    incidents: {
      list: async ({ cursor }) =>
        cursor === undefined ? { incidents: [], next: 'more' } : { incidents: this.incident ? [this.incident] : [] },
    },
    playbooks: () => [
      ...[...this.cluster.values()].map(({ namespace, name, spec }) => repairPlaybook({ spec, metadata: { namespace, name } })),
      ...this.others,
    ],
    writer: this.#writer(),
    memory: memoryPromotions(),
    learnedNamespace: undefined,
    looksAfter: namespace => namespace !== 'elsewhere',
    counted: result => void this.counted.push(result),
    log: { info: (fields, text) => this.#logs(fields, text), warn: (fields, text) => this.#logs(fields, text) },
    now: () => this.now,
    random: () => 0.5,
  };

  /** It helped once more, and is looked at. */
  async helps(times = 1): Promise<readonly Promoted['result'][]> {
    const results: Promoted['result'][] = [];
    for (let n = 0; n < times; n += 1) {
      this.successes += 1;
      this.candidate = { ...this.candidate, mark: String(this.successes) };
      results.push((await this.look()).result);
    }
    return results;
  }

  look(deps: Partial<PromoterDeps> = {}): Promise<Promoted> {
    return promote(this.candidate, { signal: new AbortController().signal, fence: () => {} }, { ...this.deps, ...deps });
  }

  #logs(fields: object, text: string): void {
    this.fields.push(fields);
    this.logged.push(text);
  }

  #writer(): PlaybookWriter {
    return {
      write: playbook =>
        this.#may('write', () => {
          const key = `${playbook.namespace}/${playbook.name}`;
          const is = this.cluster.has(key) ? 'updated' : 'created';
          this.cluster.set(key, playbook);
          return is;
        }),
      mayLearnAgain: async () => this.learnAgain,
    };
  }

  async #may<T>(operation: string, work: () => T): Promise<T> {
    const err = this.failing.get(operation);
    if (err) throw err;
    return work();
  }

  #record() {
    const { successes, now } = this;
    const verified = { successes: 0, failures: 0, asOf: now };
    return { action: this.candidate.action, attempts: successes, successes, recentSeconds: [20], verified, lastAt: now };
  }

  #outcome() {
    const { said, now: at, candidate, told } = this;
    if (told) return { ...told, at };
    const verified = { anomalyClass: 'HighLatency/Deployment', playbook: { namespace: 'shop', name: 'restart-api', steps: 's' } };
    const by = 'shop/restart-api-x7';
    return { id: 'o', ...candidate, success: true, by, at, verified, ...(said !== undefined && { rootCause: said }) };
  }
}
