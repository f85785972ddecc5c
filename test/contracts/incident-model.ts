import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { SEVERITIES } from '../../src/domain/alerts/alert.ts';
import { incidentId, partitionOf } from '../../src/domain/incidents/partition.ts';
import type { Ingest, Told } from '../../src/domain/ports/incident-store.ts';
import type { Work } from '../../src/domain/ports/outbox.ts';
import { ingestOf, newAnomaly, start } from '../builders/ingest.ts';
import type { IncidentWorld } from './incident-world.ts';

const soon = (): AbortSignal => AbortSignal.timeout(20_000);
/** Long enough that its end is in no run; its opposite is over at once. */
const LONG_MS = 1_000_000_000;

type World = Pick<IncidentWorld, 'incidents' | 'outbox'>;

/** One thing that happens to a store, and what came of it. */
type Act = (world: World, seen: Seen) => Promise<unknown>;

/** In words for whoever reads a failure. */
interface Step {
  readonly says: unknown;
  readonly act: Act;
}

/** What a run knows of one of the stores. */
export interface Seen {
  readonly anomalies: readonly string[];
  /** Of all incidents that were ever to be opened, in order. */
  readonly ids: string[];
  /** Given out to the run, by incident and channel. */
  readonly work: Map<string, Work>;
}

const told: Told[] = [
  { onOpen: [], onChange: [], later: [] },
  { onOpen: ['analysis', 'telegram'], onChange: ['telegram'], later: [] },
  { onOpen: ['telegram'], onChange: ['telegram', 'webhook'], later: [{ channel: 'telegram-repeat', afterMs: 0 }] },
  { onOpen: ['telegram'], onChange: [], later: [{ channel: 'telegram-repeat', afterMs: LONG_MS }] },
];

const message = fc.record({
  anomaly: fc.nat(2),
  fingerprint: fc.constantFrom('f1', 'f2', 'f3'),
  status: fc.constantFrom('firing', 'firing', 'resolved'),
  startsAt: fc.constantFrom(undefined, start(0), start(1), start(2), start(3)),
  endsAt: fc.constantFrom(undefined, start(1), start(3)),
  occurrence: fc.constantFrom(undefined, undefined, undefined, 'o1', 'o2'),
  requestId: fc.constantFrom(undefined, undefined, undefined, 'r1', 'r2'),
  severity: fc.constantFrom(...SEVERITIES),
  told: fc.constantFrom(...told),
  settleMs: fc.constantFrom(0, 0, -1, LONG_MS),
});

const tell = fc.constantFrom([], ['telegram'], ['telegram', 'sentry']);
const who = fc.constantFrom('ann', 'bob');
const index = fc.nat(1000);

/** The times of a store's own clock out of a text or a value. */
function timeless(value: unknown): unknown {
  const text = JSON.stringify(value, (_, each: unknown) => (isObject(each) ? inOrder(each) : each)) ?? 'null';
  return JSON.parse(text.replaceAll(/counted at [^"]+/g, 'counted then').replaceAll(/"20(?!26-11-23)[^"]*Z"/g, '"then"'));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function inOrder(value: object): object {
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function steps<T>(of: fc.Arbitrary<T>, act: (value: T) => Act): fc.Arbitrary<Step> {
  return of.map(value => ({ says: value, act: act(value) }));
}

const ingesting = steps(fc.array(message, { minLength: 1, maxLength: 4 }), messages => async ({ incidents }, { anomalies, ids }) => {
  const body = messages.map(({ anomaly, told, settleMs, occurrence, requestId, endsAt, ...alert }): Ingest => {
    const anomalyKey = anomalies[anomaly] ?? '';
    const newId = incidentId(anomalyKey, `${ids.length}`.padStart(13, '0'));
    ids.push(newId);
    const over = {
      ...alert,
      ...(endsAt && { endsAt }),
      ...(occurrence !== undefined && { occurrence }),
      ...(requestId !== undefined && { requestId }),
      anomalyKey,
    };
    return ingestOf(over, { told, settleMs, newId });
  });
  return incidents.ingest(body, soon());
});

const changing = steps(
  fc.record({
    what: fc.constantFrom('acknowledge', 'resolve', 'autoResolve', 'silence', 'unsilence', 'note', 'hold'),
    at: index,
    tell,
    who,
  }),
  ({ what, at, tell, who }) =>
    async ({ incidents }, { ids }) => {
      const id = (await open(incidents, ids))[at % 5] ?? ids[0] ?? '';
      const silence = { id: `s${at % 2}`, by: who, endsAt: start(9) };
      switch (what) {
        case 'acknowledge':
          return incidents.acknowledge(id, { who, tell }, soon());
        case 'resolve':
          return incidents.resolve(id, { who, tell }, soon());
        case 'autoResolve':
          return incidents.autoResolve(id, tell, soon());
        case 'silence':
          return incidents.silenced(id, { silence, who, tell }, soon());
        case 'unsilence':
          return incidents.silenced(id, { silence: undefined, who, tell }, soon());
        case 'note':
          return incidents.note(id, { what: 'escalated', who }, soon());
        case 'hold':
          return incidents.holdOpen(id, { forMs: at % 2 === 0 ? 0 : LONG_MS, detail: 'held', tell }, soon());
      }
    },
);

const taking = steps(
  fc.record({ anomaly: fc.nat(2), claimAfterMs: fc.constantFrom(0, LONG_MS, LONG_MS), consumer: fc.constantFrom('a', 'b') }),
  ({ anomaly, ...by }) =>
    async ({ outbox }, { anomalies, work }) => {
      const taken = await outbox.take(partitionOf(anomalies[anomaly] ?? ''), { ...by, count: 1000 }, soon());
      for (const each of taken) work.set(`${each.incidentId} ${each.channel}`, each);
      return sorted(taken.map(({ incidentId, channel, attempts, memo }) => ({ incidentId, channel, attempts, memo })));
    },
);

const working = steps(
  fc.record({
    what: fc.constantFrom('delivered', 'delivered', 'skipped', 'failed', 'later', 'giveUp', 'remember'),
    at: index,
    revision: fc.nat(6),
    soon: fc.boolean(),
    keep: fc.boolean(),
  }),
  ({ what, at, revision, soon: now, keep }) =>
    async ({ outbox }, { work }) => {
      const keys = [...work.keys()].toSorted();
      const key = keys[at % Math.max(1, keys.length)];
      const held = key === undefined ? undefined : work.get(key);
      if (key === undefined || !held) return 'nothing to do';
      if (!keep && what !== 'remember') work.delete(key);
      const afterMs = now ? 0 : LONG_MS;
      const memo = { at: `${at}` };
      switch (what) {
        case 'delivered':
        case 'skipped':
          return outbox.done(held, { state: what, revision, memo, ...(now && { reason: 'so' }) }, soon());
        case 'failed':
          return outbox.again(held, { afterMs, reason: 'it failed' }, soon());
        case 'later':
          return outbox.again(held, { afterMs }, soon());
        case 'giveUp':
          return outbox.giveUp(held, 'for good', soon());
        case 'remember':
          return outbox.remember(held, memo, soon()).then(
            () => 'remembered',
            () => 'not ours',
          );
      }
    },
);

const reviving = steps(
  fc.constantFrom({}, { channel: 'telegram' }),
  of =>
    ({ outbox }) =>
      outbox.retryDead(of, soon()),
);

const step = fc.oneof(
  { weight: 8, arbitrary: ingesting },
  { weight: 3, arbitrary: changing },
  { weight: 3, arbitrary: taking },
  { weight: 4, arbitrary: working },
  { weight: 1, arbitrary: reviving },
);

async function open(incidents: World['incidents'], ids: readonly string[]): Promise<string[]> {
  const found = await Promise.all(ids.map(id => incidents.find(id, soon())));
  return found.flatMap(incident => (incident ? [incident.id] : []));
}

/** All that a store would say of it. */
async function everything({ incidents, outbox }: World, { ids }: Seen): Promise<unknown> {
  const found = await Promise.all(ids.map(id => incidents.find(id, soon())));
  const lists = [{}, { status: 'open' }, { status: 'acknowledged' }, { status: 'resolved' }] as const;
  const listed = await Promise.all(lists.map(query => incidents.list({ ...query, limit: 500 }, soon())));
  const traced = await Promise.all(['f1', 'f2', 'f3'].map(print => incidents.trace(print, soon())));
  return {
    found: found.map(incident => incident && { ...incident, deliveries: sorted(incident.deliveries) }),
    listed: listed.map(page => sorted(page.incidents.map(({ id }) => id))),
    traced: traced.map(entries => sorted(entries)),
    settled: sorted(await incidents.settled(100, soon())),
    dead: sorted(await outbox.dead(100, soon())),
    depth: await outbox.depth(soon()),
  };
}

function sorted<T>(values: readonly T[]): T[] {
  const text = (value: T): string => JSON.stringify(timeless(value));
  return values.toSorted((a, b) => (text(a) < text(b) ? -1 : 1));
}

export const someSteps = fc.array(step, { maxLength: 40 });

/** Takes the same steps in two empty worlds; undefined where both come to the same, step by step and in the end. */
export async function firstDifference(worlds: readonly [World, World], steps: readonly Step[]): Promise<string | undefined> {
  const partition = randomBytes(1).readUInt8() % 16;
  const anomalies = [newAnomaly(partition), newAnomaly(partition), newAnomaly((partition + 1) % 16)];
  const [a, b] = worlds.map(world => ({ world, seen: { anomalies, ids: [], work: new Map<string, Work>() } }));
  if (!a || !b) throw new Error('there are two worlds');
  for (const { says, act } of steps) {
    const difference = between(await act(a.world, a.seen), await act(b.world, b.seen));
    if (difference !== undefined) return `after ${JSON.stringify(says)}: ${difference}`;
  }
  return between(await everything(a.world, a.seen), await everything(b.world, b.seen));
}

function between(a: unknown, b: unknown): string | undefined {
  const [left, right] = [a, b].map(each => JSON.stringify(timeless(each), null, 1));
  return left === right ? undefined : `${left}\nand\n${right}`;
}
