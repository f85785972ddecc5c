import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { SIGNOZ_ALERT_RULE } from '../../src/crds/signozalertrule/kind.ts';
import { SignozAlertRuleStatus } from '../../src/crds/signozalertrule/status.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { KubeError } from '../../src/kube/client.ts';
import { collectionPath } from '../../src/kube/key.ts';
import { markerText, readMarker } from '../../src/domain/rule/marker.ts';
import { eventually } from '../parts/eventually.ts';
import type { Operator } from '../parts/operator.ts';
import type { Signoz } from '../servers/signoz.ts';
import { alertRule } from './rule-stage.ts';

/** Applied, edited and deleted by people while the operator is killed. */
const NAMES = Array.from({ length: 30 }, (_, index) => `rule-${index}`);
/** What people do in a cycle. */
const DOINGS = 12;
const DELETED = 0.35;
/** The kill comes so many writes after people have begun, at most, and so soon after the last of them. */
const MOST_WRITES = 8;
const MOST_DELAY_MS = 15;

export interface KillStage {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly signoz: Signoz;
  readonly operator: Operator;
  /** Between 0 and 1, another one each time. */
  readonly random: () => number;
}

export interface Killed {
  /** Objects that had more than one rule at one time. */
  readonly duplicated: readonly string[];
  /** Kills that came while the operator had been writing to SigNoz. */
  readonly amidWrites: number;
}

/** Kills the operator and starts it again, that many times, while people work. */
export async function killCycles(
  stage: KillStage,
  { cycles, each }: { cycles: number; each?: (cycle: number) => Promise<void> },
): Promise<Killed> {
  const { signoz, operator } = stage;
  const writes = countedWrites(signoz);
  const duplicated: string[] = [];
  let amidWrites = 0;
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const before = writes();
    const wanted = before + 1 + Math.floor(stage.random() * MOST_WRITES);
    const working = peopleWork(stage, cycle);
    await eventually(() => writes() >= wanted, { withinMs: 4_000, everyMs: 1 }).catch(() => undefined);
    await pause(stage.random() * MOST_DELAY_MS);
    await operator.kill9();
    if (writes() > before) amidWrites += 1;
    await working;
    duplicated.push(...duplicates(signoz));
    await operator.restart();
    await each?.(cycle);
  }
  return { duplicated, amidWrites };
}

/** Writes of rules that took effect so far, each as soon as it is about to. */
function countedWrites(signoz: Signoz): () => number {
  let count = 0;
  const next = (): void =>
    signoz.beforeWrite(() => {
      count += 1;
      next();
    });
  next();
  return () => count;
}

async function peopleWork({ client, namespace, random }: KillStage, cycle: number): Promise<void> {
  const path = collectionPath(SIGNOZ_ALERT_RULE, namespace);
  for (let doing = 0; doing < DOINGS; doing += 1) {
    const name = NAMES[Math.floor(random() * NAMES.length)] ?? '';
    if (random() < DELETED) {
      await client.request({ method: 'DELETE', path: `${path}/${name}` }).catch(unlessGone);
      continue;
    }
    const body = alertRule(name, { description: `cycle ${cycle}, ${doing}` });
    await client.request({
      method: 'PATCH',
      path: `${path}/${name}`,
      query: { fieldManager: 'people', force: 'true' },
      patchType: 'application/apply-patch+yaml',
      // Meant, however many there are.
      body: { ...body, metadata: { name, annotations: { 'awoooi.io/confirm-deletion': 'true' } } },
    });
  }
}

function unlessGone(err: unknown): void {
  if (!(err instanceof KubeError) || err.status !== 404) throw err;
}

/** Whose rule each is, and what it says, in the order of names. */
export function rulesByOwner(signoz: Signoz): readonly string[] {
  const shown = z.array(z.looseObject({ source: z.string().default(''), description: z.string().default('') })).parse(signoz.rules());
  return shown.map(({ source, description }) => `${readMarker(source)?.name ?? source}: ${description}`).toSorted();
}

function duplicates(signoz: Signoz): readonly string[] {
  const sources = z.array(z.looseObject({ source: z.string().default('') })).parse(signoz.rules());
  const owners = sources.map(({ source }) => ownerOf(source));
  return owners.filter((owner, at) => owners.indexOf(owner) !== at);
}

/** An object that was made again is the same owner. */
function ownerOf(source: string): string {
  const marker = readMarker(source);
  if (!marker) return source;
  const { clusterId, namespace, name } = marker;
  return markerText({ clusterId, namespace, name });
}

const Objects = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), generation: z.number(), deletionTimestamp: z.string().optional() }),
      spec: z.object({ description: z.string() }),
      status: SignozAlertRuleStatus.default({}),
    }),
  ),
});

/** Once every object is Synced as it is now and every deleted one is gone: what their rules shall be, as {@link rulesByOwner} has them. */
export async function quiet({ client, namespace }: Pick<KillStage, 'client' | 'namespace'>): Promise<readonly string[]> {
  return eventually(
    async () => {
      const { items } = Objects.parse(await client.request({ method: 'GET', path: collectionPath(SIGNOZ_ALERT_RULE, namespace) }));
      const busy = items.find(({ metadata, status }) => metadata.deletionTimestamp !== undefined || !isSynced(status, metadata.generation));
      if (busy) throw new Error(`${busy.metadata.name} is not done: ${JSON.stringify(busy)}`);
      return items.map(({ metadata, spec }) => `${metadata.name}: ${spec.description}`).toSorted();
    },
    { withinMs: 60_000, everyMs: 200 },
  );
}

function isSynced({ observedGeneration, conditions = [] }: z.infer<typeof SignozAlertRuleStatus>, generation: number): boolean {
  return observedGeneration === generation && conditions.some(({ type, status }) => type === 'Synced' && status === 'True');
}

/** Numbers between 0 and 1 that a seed repeats (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
