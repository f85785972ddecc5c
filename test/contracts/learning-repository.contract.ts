import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActionRecord, LearningRepository, RepairOutcome } from '../../src/domain/ports/learning-repository.ts';
import { newAnomaly } from '../builders/ingest.ts';
import { repairOutcome } from '../builders/repair-outcome.ts';

const NINETY_DAYS_MS = 90 * 86_400_000;

const soon = (): AbortSignal => AbortSignal.timeout(20_000);
const ago = (ms: number): Date => new Date(Date.now() - ms);
const DAY_MS = 86_400_000;
const CLASS = 'HighLatency/Deployment';
const playbook = { namespace: 'shop', name: 'restart-api', steps: '3f9c0a1b2c4d5e6f' };

export interface LearningWorld {
  readonly learning: LearningRepository;
  /** Another replica's view of the same. */
  readonly other: LearningRepository;
  /** Lets the anomaly occur so often. */
  readonly occur: (anomalyKey: string, times: number) => Promise<void>;
}

type Of = Pick<RepairOutcome, 'anomalyKey' | 'action'>;

export function recordIn(learning: LearningRepository, ...outcomes: readonly RepairOutcome[]) {
  return learning.record(outcomes, soon());
}

export async function actionOf({ learning }: Pick<LearningWorld, 'learning'>, { anomalyKey, action }: Of): Promise<ActionRecord> {
  const { actions } = await learning.anomaly(anomalyKey, soon());
  const found = actions.find(each => each.action === action);
  if (!found) throw new Error(`nothing is known of ${action}`);
  return found;
}

async function candidateOf({ learning }: LearningWorld, { anomalyKey }: Pick<RepairOutcome, 'anomalyKey'>) {
  return (await learning.candidates(1_000, soon())).filter(each => each.anomalyKey === anomalyKey);
}

function times(of: RepairOutcome, count: number, success = true): RepairOutcome[] {
  return Array.from({ length: count }, (_, n) => ({ ...of, id: `${of.id}-${success}-${n}`, success }));
}

/** What every LearningRepository promises of what is reported to it. */
export function learningRepositoryContract(make: () => LearningWorld): void {
  describe('an action that may become a playbook', () => {
    it('is on the list once it has helped in four of five attempts, and until it is settled', async () => {
      const world = make();
      const of = repairOutcome({ action: 'scale up, 1/2' });
      await recordIn(world.learning, ...times(of, 1, false), ...times(of, 3));
      expect(await candidateOf(world, of)).toEqual([]);
      await recordIn(world.learning, of);
      const [candidate, ...others] = await candidateOf(world, of);
      expect([candidate, others]).toEqual([{ anomalyKey: of.anomalyKey, action: of.action, mark: expect.any(String) }, []]);
      if (candidate) await world.other.settle(candidate, soon());
      expect(await candidateOf(world, of)).toEqual([]);
      await recordIn(world.learning, of);
      expect(await candidateOf(world, of)).toEqual([]);
    });

    it('stays on it where it has helped again meanwhile', async () => {
      const world = make();
      const of = repairOutcome();
      await recordIn(world.learning, ...times(of, 5));
      const [before] = await candidateOf(world, of);
      await recordIn(world.learning, of);
      if (before) await world.learning.settle(before, soon());
      const [after] = await candidateOf(world, of);
      expect(after).toMatchObject({ anomalyKey: of.anomalyKey });
      expect(after?.mark).not.toBe(before?.mark);
    });

    it('never comes on it by a failure, by too few successes, or of an anomaly that is not ours', async () => {
      const world = make();
      const [failing, rare, foreign] = [repairOutcome(), repairOutcome(), repairOutcome({ anomalyKey: 'somebody:else' })];
      await recordIn(world.learning, ...times(failing, 4), { ...failing, success: false });
      await recordIn(world.learning, ...times(rare, 2, false), ...times(rare, 5), ...times(foreign, 6));
      for (const of of [failing, rare, foreign]) expect(await candidateOf(world, of)).toEqual([]);
    });
  });

  describe('an outcome', () => {
    it('is counted, and kept with all that was told of it', async () => {
      const { learning } = make();
      const told = {
        rootCause: 'a leak in "cache"\n',
        fixDescription: 'restarted, 已重啟',
        executionSeconds: 12.5,
        by: 'pipeline',
        at: ago(60_000),
        verified: { anomalyClass: CLASS, playbook },
      };
      const one = repairOutcome(told);
      const other = repairOutcome({ anomalyKey: one.anomalyKey, success: false, at: ago(30_000) });
      expect(await recordIn(learning, one, other)).toEqual([
        { is: 'recorded', attempts: 1, successes: 1 },
        { is: 'recorded', attempts: 2, successes: 1 },
      ]);
      expect(await learning.outcomes({ anomalyKey: one.anomalyKey, action: one.action, limit: 10 }, soon())).toEqual([other, one]);
      expect(await learning.outcomes({ anomalyKey: one.anomalyKey, action: one.action, limit: 1 }, soon())).toEqual([other]);
      const { actions } = await learning.anomaly(one.anomalyKey, soon());
      expect(actions).toMatchObject([{ action: 'restart_pod', attempts: 2, successes: 1, recentSeconds: [0, 12.5], lastAt: other.at }]);
    });

    it('of an id that was recorded before changes nothing, whatever else it says and whoever reports it', async () => {
      const { learning, other } = make();
      const one = repairOutcome({ executionSeconds: 3, verified: { anomalyClass: CLASS, playbook: { ...playbook, name: newAnomaly() } } });
      await recordIn(learning, one);
      const before = await learning.anomaly(one.anomalyKey, soon());
      const again = { is: 'repeated', attempts: 1, successes: 1 };
      expect(await recordIn(other, one, { ...one, success: false, executionSeconds: 9, at: ago(5) })).toEqual([again, again]);
      expect(await recordIn(other, { ...one, action: 'scale_up' })).toEqual([{ is: 'repeated', attempts: 0, successes: 0 }]);
      const after = await learning.anomaly(one.anomalyKey, soon());
      expect(after.actions).toEqual(before.actions.map(action => ({ ...action, verified: expect.anything() })));
      expect(after.actions[0]?.verified.failures).toBe(0);
      expect(await learning.outcomes({ anomalyKey: one.anomalyKey, action: one.action, limit: 10 }, soon())).toHaveLength(1);
      const record = await learning.playbook(one.verified?.playbook ?? playbook, soon());
      expect(record).toMatchObject({ attempts: 1, successes: 1, lastOutcomes: [{ id: one.id, success: true }] });
    });

    it('is known again behind a thousand others', async () => {
      const { learning } = make();
      const first = repairOutcome();
      const others = Array.from({ length: 999 }, () => repairOutcome({ anomalyKey: first.anomalyKey }));
      await recordIn(learning, first, ...others);
      expect(await recordIn(learning, first)).toEqual([{ is: 'repeated', attempts: 1000, successes: 1000 }]);
    });

    it('belongs to its anomaly and its action, and to no other', async () => {
      const world = make();
      const one = repairOutcome();
      await recordIn(
        world.learning,
        one,
        repairOutcome(),
        repairOutcome({ anomalyKey: one.anomalyKey, action: 'scale_up', success: false }),
      );
      expect(await actionOf(world, one)).toMatchObject({ attempts: 1, successes: 1 });
      expect(await actionOf(world, { ...one, action: 'scale_up' })).toMatchObject({ attempts: 1, successes: 0 });
      expect(await world.learning.anomaly(newAnomaly(), soon())).toEqual({ occurrences: 0, actions: [] });
      expect(await world.learning.outcomes({ anomalyKey: newAnomaly(), action: 'scale_up', limit: 5 }, soon())).toEqual([]);
    });

    it.each<[string, Partial<RepairOutcome>]>([
      ['without a time', {}],
      ['of a time to come', { at: new Date(Date.now() + 30 * DAY_MS) }],
      ['of no time at all', { at: new Date(Number.NaN) }],
    ])('%s happened now', async (_, over) => {
      const world = make();
      const before = Date.now() - 1000;
      const one = repairOutcome({ ...over, verified: { anomalyClass: CLASS, playbook: { ...playbook, name: newAnomaly() } } });
      await recordIn(world.learning, one);
      const { lastAt, verified } = await actionOf(world, one);
      expect(lastAt.getTime()).toBeGreaterThan(before);
      expect(lastAt.getTime()).toBeLessThan(Date.now() + 1000);
      expect(verified.successes).toBeCloseTo(1, 4);
      const { lastOutcomes } = await world.learning.playbook(one.verified?.playbook ?? playbook, soon());
      expect(lastOutcomes[0]?.at.getTime()).toBeGreaterThan(before);
    });

    it.each([Number.NaN, Infinity, -Infinity, -1, 0, 1e300, 1e-7])(
      'that took %s seconds says nothing of its time',
      async executionSeconds => {
        const world = make();
        const one = repairOutcome({ executionSeconds });
        await recordIn(world.learning, one);
        expect(await actionOf(world, one)).toMatchObject({ attempts: 1, recentSeconds: [0] });
        const [kept] = await world.learning.outcomes({ ...one, limit: 1 }, soon());
        expect(kept).not.toHaveProperty('executionSeconds');
      },
    );

    it.each([
      ['foreign text', 'High CPU: web-1 / 高'],
      ['what steers the store', 'a}{b\r\n*1\u0000|:\ud800'],
      ['text without end', 'x'.repeat(100_000)],
    ])('takes %s for each of its texts', async (_, text) => {
      const world = make();
      const anomalyKey = `${newAnomaly()}${text}`;
      const one = repairOutcome({ id: text, anomalyKey, action: text, by: text, rootCause: text, fixDescription: text });
      const plain = repairOutcome({ anomalyKey, verified: { anomalyClass: text, playbook: { namespace: text, name: text, steps: text } } });
      expect(await recordIn(world.learning, one, one, plain)).toMatchObject([{ is: 'recorded' }, { is: 'repeated' }, { is: 'recorded' }]);
      const { actions } = await world.learning.anomaly(anomalyKey, soon());
      expect(actions.map(({ attempts }) => attempts)).toEqual([1, 1]);
      const [kept] = await world.learning.outcomes({ anomalyKey, action: text, limit: 1 }, soon());
      expect(new Set(actions.map(({ action }) => action))).toEqual(new Set([kept?.action, 'restart_pod']));
      expect(kept?.rootCause?.slice(0, 10)).toBe(text.toWellFormed().slice(0, 10));
      expect(JSON.stringify({ ...kept, anomalyKey: '' }).length).toBeLessThan(6000);
      expect(await world.learning.playbook({ namespace: text, name: text, steps: text }, soon())).toMatchObject({ successes: 1 });
    });
  });

  describe('what is known of an anomaly', () => {
    it('are the newest of each action, by when they happened and not by when they were told', async () => {
      const world = make();
      const all = Array.from({ length: 130 }, (_, n) => n);
      const base = repairOutcome();
      const of = (n: number) => repairOutcome({ anomalyKey: base.anomalyKey, at: ago(n * 1000 + 60_000), executionSeconds: n + 1 });
      await recordIn(world.learning, ...all.toSorted((a, b) => ((a * 37) % 130) - ((b * 37) % 130)).map(of));
      const kept = await world.learning.outcomes({ ...base, limit: 1000 }, soon());
      expect(kept.map(({ executionSeconds }) => executionSeconds)).toEqual(all.slice(0, 100).map(n => n + 1));
      const { recentSeconds, attempts } = await actionOf(world, base);
      expect([recentSeconds, attempts]).toEqual([all.slice(0, 20).map(n => n + 1), 130]);
    });

    it('are details of 90 days; what is older counts all the same', async () => {
      const world = make();
      const base = repairOutcome();
      const of = (ms: number, seconds: number) => repairOutcome({ anomalyKey: base.anomalyKey, at: ago(ms), executionSeconds: seconds });
      const [old, young] = [of(NINETY_DAYS_MS + 60_000, 1), of(NINETY_DAYS_MS - 60_000, 2)];
      await recordIn(world.learning, old, young, of(NINETY_DAYS_MS + 1000, 3));
      expect(await world.learning.outcomes({ ...base, limit: 10 }, soon())).toEqual([young]);
      expect(await actionOf(world, base)).toMatchObject({ attempts: 3, recentSeconds: [2] });
    });

    it('is the same in whatever order it was told', async () => {
      const when = fc.integer({ min: 0, max: 120 * DAY_MS });
      const outcome = fc.record({ success: fc.boolean(), ago: when, seconds: fc.integer({ min: 0, max: 600 }), verified: fc.boolean() });
      const given = fc.uniqueArray(outcome, { minLength: 2, maxLength: 40, selector: each => each.ago });
      const orders = given.chain(all => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
      await fc.assert(
        fc.asyncProperty(orders, async lists => {
          const world = make();
          const now = Date.now();
          const [one, other] = await Promise.all(
            lists.map(async list => {
              const anomalyKey = newAnomaly();
              const outcomes = list.map(each =>
                repairOutcome({
                  anomalyKey,
                  success: each.success,
                  at: new Date(now - each.ago),
                  executionSeconds: each.seconds,
                  ...(each.verified && { verified: { anomalyClass: anomalyKey, playbook: { ...playbook, name: anomalyKey } } }),
                }),
              );
              await recordIn(world.learning, ...outcomes);
              return {
                record: await actionOf(world, { ...repairOutcome(), anomalyKey }),
                run: await world.learning.playbook({ ...playbook, name: anomalyKey }, soon()),
              };
            }),
          );
          if (!one || !other) throw new Error('two orders were given');
          for (const each of ['attempts', 'successes', 'recentSeconds', 'lastAt'] as const)
            expect(other.record[each]).toEqual(one.record[each]);
          for (const each of ['attempts', 'successes', 'recentSeconds'] as const) expect(other.run[each]).toEqual(one.run[each]);
          expect(other.run.lastOutcomes.map(({ at }) => at)).toEqual(one.run.lastOutcomes.map(({ at }) => at));
          for (const each of ['successes', 'failures'] as const) {
            expect(other.record.verified[each]).toBeCloseTo(one.record.verified[each], 6);
            expect(other.run.verified[each]).toBeCloseTo(one.run.verified[each], 6);
          }
        }),
        { numRuns: 40 },
      );
    });

    it('counts each exactly once, however many replicas record at the same time', async () => {
      const world = make();
      const base = repairOutcome();
      const all = Array.from({ length: 200 }, (_, n) =>
        repairOutcome({
          anomalyKey: base.anomalyKey,
          success: n % 4 !== 0,
          verified: { anomalyClass: base.anomalyKey, playbook: { ...playbook, name: base.anomalyKey } },
        }),
      );
      const answers = await Promise.all(
        [all, all.toReversed()].flatMap((list, n) => list.map(one => recordIn(n === 0 ? world.learning : world.other, one))),
      );
      expect(answers.flat().filter(({ is }) => is === 'recorded')).toHaveLength(200);
      expect(await actionOf(world, base)).toMatchObject({ attempts: 200, successes: 150 });
      expect(await world.other.playbook({ ...playbook, name: base.anomalyKey }, soon())).toMatchObject({
        attempts: 200,
        successes: 150,
      });
      const ofClass = (await world.learning.totals(soon())).find(({ anomalyClass }) => anomalyClass === base.anomalyKey);
      expect(ofClass?.verified.successes).toBeCloseTo(150, 2);
    });

    it('says how often it occurred, also where nothing was repaired', async () => {
      const { learning, occur } = make();
      const anomalyKey = newAnomaly();
      await occur(anomalyKey, 3);
      expect(await learning.anomaly(anomalyKey, soon())).toEqual({ occurrences: 3, actions: [] });
    });
  });
}
