import { signozRules } from '../../src/adapters/signoz/rules.ts';
import { Connections } from '../../src/controllers/signozalertrule/connections.ts';
import { Deletions } from '../../src/controllers/signozalertrule/deletions.ts';
import type { RuleDeps } from '../../src/controllers/signozalertrule/deps.ts';
import { explain } from '../../src/controllers/signozalertrule/faults.ts';
import { ruleReconciler } from '../../src/controllers/signozalertrule/reconcile.ts';
import { Signozes } from '../../src/controllers/signozalertrule/signozes.ts';
import type { RuleOutcome } from '../../src/controllers/signozalertrule/turn.ts';
import { validated } from '../../src/controllers/signozalertrule/validated.ts';
import type { Condition } from '../../src/crds/conditions.ts';
import { parseSignozAlertRule } from '../../src/crds/signozalertrule/parse.ts';
import type { SignozAlertRuleStatus } from '../../src/crds/signozalertrule/status.ts';
import type { StoredSignozAlertRule } from '../../src/crds/signozalertrule/stored.ts';
import type { SignozConnection, SignozRules } from '../../src/domain/ports/signoz-rules.ts';
import { wantedRule } from '../../src/domain/rule/wanted-rule.ts';
import { type Emission, foldConditions, type Reconcile } from '../../src/kube/reconcile.ts';
import { outgoingClient } from '../../src/net/outgoing.ts';
import { eventually } from '../parts/eventually.ts';
import { type Signoz, type SignozOptions, startSignoz } from '../servers/signoz.ts';
import { promqlSyntax } from '../../src/adapters/promql/promql-syntax.ts';

const syntax = await promqlSyntax();

const CLUSTER = 'prod';
const KIND = { apiVersion: 'awoooi.io/v1alpha1', kind: 'SignozAlertRule' };
const HOOK = { name: 'ops-hook', webhook_configs: [{ url: 'http://127.0.0.1:9/' }] };

export const ruleSpec = (over: object = {}): object => ({
  signoz: { secretRef: { name: 'signoz' } },
  promql: { expr: 'up == 0', channels: ['ops-hook'] },
  ...over,
});

/** With the defaults, as the API server has it; one that is not valid as it is. */
function defaulted(spec: object): object {
  const parsed = parseSignozAlertRule({ ...KIND, metadata: { name: 'x' }, spec });
  return parsed.ok ? parsed.object.spec : spec;
}

/** A stand-in with the one channel that {@link ruleSpec} sends to. */
export const signozWithHook = (options: SignozOptions = {}): Promise<Signoz> => startSignoz({ channels: [HOOK], ...options });

/** The reconciler in front of the stand-in, with Secrets and objects in memory, which are written as the frame would. */
export class RuleBench {
  readonly client = outgoingClient();
  readonly secrets = new Map<string, Readonly<Record<string, string>>>();
  readonly objects = new Map<string, StoredSignozAlertRule>();
  readonly events: (Emission & { readonly key: string })[] = [];
  readonly asked = new Set<string>();
  /** What the default connection is, and for which namespace. */
  defaultFor: { readonly namespace: string; readonly connection: SignozConnection } | undefined;
  /** How far the clock is ahead. */
  aheadMs = 0;
  /** The calls as the operator makes them. */
  rules: SignozRules = signozRules(this.client, () => this.now());
  #deps = this.#fresh();
  #uids = 0;

  constructor(signoz?: Signoz) {
    if (signoz) this.secret('shop/signoz', signoz);
  }

  now(): Date {
    return new Date(Date.now() + this.aheadMs);
  }

  secret(key: string, { url, editorKey }: Pick<Signoz, 'url' | 'editorKey'>): void {
    this.secrets.set(key, { url, apiKey: editorKey });
  }

  get deps(): RuleDeps {
    return this.#deps;
  }

  /** What a new process knows: nothing. */
  restart(): void {
    this.#deps.signozes.stop();
    this.#deps = this.#fresh();
  }

  async stop(): Promise<void> {
    this.#deps.signozes.stop();
    await this.client.close();
  }

  /** Applies an object; `over` is merged into what it is. */
  apply(name: string, spec: object = ruleSpec(), metadata: object = {}): string {
    const key = `shop/${name}`;
    const before = this.objects.get(key);
    this.#uids += before ? 0 : 1;
    const meta = { name, namespace: 'shop', uid: `uid-${this.#uids}`, resourceVersion: '1', ...before?.metadata, ...metadata };
    const generation = (before?.metadata.generation ?? 0) + 1;
    const object = { ...KIND, metadata: { ...meta, generation }, spec: defaulted(spec) };
    this.objects.set(key, { ...object, ...(before?.status && { status: before.status }) });
    return key;
  }

  remove(key: string): void {
    const object = this.shown(key);
    if ((object.metadata.finalizers ?? []).length === 0) this.objects.delete(key);
    else
      this.objects.set(key, {
        ...object,
        metadata: {
          ...object.metadata,
          deletionTimestamp: this.now()
            .toISOString()
            .replace(/\.\d+Z$/, 'Z'),
        },
      });
  }

  shown(key: string): StoredSignozAlertRule {
    const object = this.objects.get(key);
    if (object) return object;
    throw new Error(`${key} is gone`);
  }

  condition(key: string, type: string): Condition | undefined {
    return this.shown(key).status?.conditions?.find(one => one.type === type);
  }

  reason(key: string): string | undefined {
    return this.condition(key, 'Ready')?.reason;
  }

  told(reason: string): readonly string[] {
    return this.events.filter(event => event.reason === reason).map(({ message }) => message);
  }

  /** One turn, written. */
  async turn(key: string): Promise<RuleOutcome> {
    const object = this.shown(key);
    this.asked.delete(key);
    const context = { signal: new AbortController().signal, now: () => this.now(), priority: 'normal' as const, fence: () => {} };
    const outcome = await this.#reconcile(object, context).catch((err: unknown): RuleOutcome => {
      const { reason, message, stalled, conditions, retryAfterMs = 1_000 } = explain(err);
      const ready = { status: 'False' as const, reason, message };
      return {
        conditions: { ...conditions, Ready: ready, ...(stalled && { Stalled: { ...ready, status: 'True' } }) },
        requeueAfterMs: retryAfterMs,
      };
    });
    if (outcome.undecided !== true) this.#write(key, outcome);
    return outcome;
  }

  /** One turn that decides something: one that waits for a list is repeated after it. */
  async step(key: string): Promise<RuleOutcome> {
    for (;;) {
      const outcome = await this.turn(key);
      const waits = outcome.conditions?.['Reconciling'] !== undefined && outcome.requeueAfterMs === undefined;
      if (outcome.undecided !== true && !waits) return outcome;
      await eventually(() => this.asked.has(key));
    }
  }

  /** Turns until nothing is to be done at once; answers when it is to be looked at again. */
  async settle(key: string): Promise<number | undefined> {
    for (let turns = 0; turns < 30; turns += 1) {
      const { requeueAfterMs, finalizers } = await this.step(key);
      if (!this.objects.has(key)) return undefined;
      if (requeueAfterMs !== 0 && finalizers === undefined) return requeueAfterMs;
    }
    throw new Error(`${key} does not settle: ${JSON.stringify(this.shown(key).status)}`);
  }

  /** Applied and looked after until nothing is left to do. */
  async made(name: string, spec?: object): Promise<string> {
    const key = this.apply(name, spec);
    await this.settle(key);
    return key;
  }

  readonly #reconcile: Reconcile<StoredSignozAlertRule> = (object, context) =>
    validated(ruleReconciler(this.#deps), this.#deps)(object, context);

  #write(key: string, outcome: RuleOutcome): void {
    const { finalizers, events = [] } = outcome;
    const object = this.shown(key);
    this.events.push(...events.map(event => ({ ...event, key })));
    if (finalizers) this.objects.set(key, { ...object, metadata: { ...object.metadata, finalizers } });
    else this.objects.set(key, { ...object, status: this.#statusOf(object, outcome) });
    if (object.metadata.deletionTimestamp === undefined || finalizers?.length !== 0) return;
    this.objects.delete(key);
    this.#deps.forget(key);
  }

  #statusOf(object: StoredSignozAlertRule, { status, conditions }: Pick<RuleOutcome, 'status' | 'conditions'>): SignozAlertRuleStatus {
    const { generation } = object.metadata;
    const folded = foldConditions({ before: object.status?.conditions ?? [], decisions: conditions, generation, now: this.now() });
    return { ...object.status, ...status, conditions: [...folded], observedGeneration: generation };
  }

  #fresh(): RuleDeps {
    const monotonic = (): number => performance.now() + this.aheadMs;
    const connections = new Connections({
      secrets: { snapshot: async (namespace, name) => key => this.#read(namespace, { name, key }) },
      defaultSignoz: namespace => (this.defaultFor?.namespace === namespace ? this.defaultFor.connection : undefined),
      monotonic,
    });
    const rules: SignozRules = {
      list: (...args) => this.rules.list(...args),
      get: (...args) => this.rules.get(...args),
      create: (...args) => this.rules.create(...args),
      replace: (...args) => this.rules.replace(...args),
      remove: (...args) => this.rules.remove(...args),
      test: (...args) => this.rules.test(...args),
      channelNames: (...args) => this.rules.channelNames(...args),
    };
    const log = { info: () => {}, warn: () => {} };
    const enqueue = (key: string): void => void this.asked.add(key);
    const signozes = new Signozes({ rules, connections, clusterId: CLUSTER, enqueue, monotonic, random: () => 0.5, log });
    const deletions = new Deletions();
    return {
      rules,
      connections,
      signozes,
      deletions,
      wanted: ({ spec, metadata: { namespace, name, uid } }) =>
        wantedRule({ spec, name, owner: { clusterId: CLUSTER, namespace, name, uid } }, syntax),
      clusterId: CLUSTER,
      drifted: () => {},
      forget: key => {
        signozes.release(key);
        deletions.forget(key);
      },
    };
  }

  #read(namespace: string, { name, key }: { readonly name: string; readonly key: string }) {
    const value = this.secrets.get(`${namespace}/${name}`)?.[key];
    if (value !== undefined) return { is: 'found' as const, value };
    return { is: 'missing' as const, what: 'SecretNotFound' as const, message: `There is no key ${key} in Secret ${name}.` };
  }
}
