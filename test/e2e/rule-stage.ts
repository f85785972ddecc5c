import { z } from 'zod';
import { Condition } from '../../src/crds/conditions.ts';
import { SignozAlertRuleStatus } from '../../src/crds/signozalertrule/status.ts';
import { readMarker } from '../../src/domain/rule/marker.ts';
import { eventually } from '../parts/eventually.ts';
import type { Signoz } from '../servers/signoz.ts';
import { ruleIn, rulesIn, signozCaller } from '../servers/signoz-caller.ts';
import type { Stage } from './stage.ts';

const Shown = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string(),
    generation: z.number(),
    deletionTimestamp: z.string().optional(),
    finalizers: z.array(z.string()).default([]),
  }),
  spec: z.record(z.string(), z.unknown()),
  status: SignozAlertRuleStatus.extend({ conditions: z.array(Condition).default([]) }).default({ conditions: [] }),
});
export type ShownRule = z.infer<typeof Shown>;

const Events = z.object({
  items: z.array(z.object({ reason: z.string(), note: z.string().default(''), regarding: z.object({ name: z.string() }) })),
});

/** A rule in the short form; `spec` says what differs. */
export function alertRule(name: string, spec: object = {}): object {
  const promql = { expr: 'sum(rate(http_errors_total[5m])) > 1', for: '5m', channels: ['ops-hook'] };
  return {
    apiVersion: 'awoooi.io/v1alpha1',
    kind: 'SignozAlertRule',
    metadata: { name },
    spec: { signoz: { secretRef: { name: 'signoz' } }, promql, ...spec },
  };
}

/** The Secret that leads to a SigNoz. */
export function signozSecret(signoz: Pick<Signoz, 'url' | 'editorKey'>, over: Readonly<Record<string, string>> = {}): object {
  const stringData = { url: signoz.url, apiKey: signoz.editorKey, ...over };
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'signoz' }, stringData };
}

function condition({ status }: ShownRule, type: string): Condition | undefined {
  return status.conditions.find(one => one.type === type);
}

/** How rules are worked with in a namespace, and how they are looked at. */
export function rulesOn(stage: Stage) {
  // A kubectl for each look would keep the machine from what is looked at.
  const read = (group: string, path: string) => stage.cluster.request(`/apis/${group}/namespaces/${stage.namespace}/${path}`);
  const rule = (name: string) => read('awoooi.io/v1alpha1', `signozalertrules/${name}`);
  const show = async (name: string): Promise<ShownRule> => {
    const { status, body } = await rule(name);
    if (status !== 200) throw new Error(`${name} was answered ${status}`);
    return Shown.parse(body);
  };
  return {
    show,
    condition,
    /** Once the rule is seen as asked for; fails with what it was seen as last. */
    async until(name: string, holds: (rule: ShownRule) => boolean, withinMs = 30_000): Promise<ShownRule> {
      return eventually(
        async () => {
          const shown = await show(name);
          if (!holds(shown)) throw new Error(`${name} is ${JSON.stringify({ ...shown.metadata, status: shown.status })}`);
          return shown;
        },
        { withinMs, everyMs: 100 },
      );
    },
    /** Once Ready is True for the object as it is now. */
    async synced(name: string): Promise<ShownRule> {
      return this.until(
        name,
        shown => condition(shown, 'Ready')?.status === 'True' && shown.status.observedGeneration === shown.metadata.generation,
      );
    },
    async because(name: string, reason: string): Promise<ShownRule> {
      return this.until(name, shown => condition(shown, 'Ready')?.reason === reason);
    },
    async gone(name: string, withinMs = 30_000): Promise<void> {
      await eventually(
        async () => {
          const { status, body } = await rule(name);
          if (status === 404) return true;
          throw new Error(`${name} is still there: ${JSON.stringify(body)}`);
        },
        { withinMs, everyMs: 100 },
      );
    },
    async events(name: string): Promise<readonly { readonly reason: string; readonly note: string }[]> {
      const { items } = Events.parse((await read('events.k8s.io/v1', 'events')).body);
      return items.filter(({ regarding }) => regarding.name === name);
    },
    /** The first event with this reason, once it is there. */
    async eventually(name: string, reason: string) {
      return eventually(async () => (await this.events(name)).find(event => event.reason === reason), { withinMs: 30_000, everyMs: 200 });
    },
    patch: (name: string, spec: object) => stage.kubectl('patch', 'sar', name, '--type=merge', '-p', JSON.stringify({ spec })),
  };
}

/** What a SigNoz has. */
export function signozView(signoz: Signoz) {
  const ask = signozCaller(signoz);
  return {
    ask,
    all: async () => rulesIn(await ask('GET', '/api/v2/rules')),
    one: async (id: string) => ruleIn(await ask('GET', `/api/v2/rules/${id}`)),
    /** Those with the marker of an object of this name, in whatever namespace. */
    ofObject: (name: string) => signoz.rules().filter(({ source }) => readMarker(source)?.name === name),
    writes: () => signoz.requests.filter(({ method, path }) => method !== 'GET' && path.includes('/rules')),
  };
}
