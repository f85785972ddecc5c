import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { QuestionBudget } from '../../src/domain/ports/analyser.ts';
import type { BrokenChain, ChainState } from '../../src/domain/ports/chain-state.ts';
import type { DeedLog } from '../../src/domain/ports/deed-log.ts';
import type { SendRate } from '../../src/domain/ports/send-rate.ts';

const soon = (): AbortSignal => AbortSignal.timeout(20_000);

const limits = () => {
  const name = randomUUID();
  return { chat: { key: `chat:${name}`, count: 2, perMs: 1_000 }, bot: { key: `bot:${name}`, count: 3, perMs: 60_000 } };
};
const at = (n: number): Date => new Date(Date.UTC(2026, 10, 23, 8, n));

const chain = (over: Partial<BrokenChain> = {}): BrokenChain => ({
  source: 'alertmanager',
  labels: { alertname: 'Watchdog', cluster: 'c1' },
  since: at(1),
  ...over,
});

/** What every SendRate promises. */
export function sendRateContract(make: () => { readonly rate: SendRate; readonly elapse: (ms: number) => Promise<void> }): void {
  it('lets so many through in any stretch of time, and says when to ask again', async () => {
    const { rate, elapse } = make();
    const { chat } = limits();
    expect(await rate.take([chat], soon())).toBe(0);
    expect(await rate.take([chat], soon())).toBe(0);
    const wait = await rate.take([chat], soon());
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(1_000);
    await elapse(wait + 2);
    expect(await rate.take([chat], soon())).toBe(0);
  });

  it('counts nothing where one limit of several refuses', async () => {
    const { rate, elapse } = make();
    const { chat, bot } = limits();
    for (let n = 0; n < 2; n += 1) expect(await rate.take([bot, chat], soon())).toBe(0);
    for (let n = 0; n < 5; n += 1) expect(await rate.take([bot, chat], soon())).toBeGreaterThan(0);
    await elapse(1_020);
    expect(await rate.take([bot, chat], soon())).toBe(0);
    expect(await rate.take([bot, chat], soon())).toBeGreaterThan(1000);
    expect(await rate.take([chat], soon())).toBe(0);
  });

  it('lets no more through when many ask at once', async () => {
    const { rate } = make();
    const { bot } = limits();
    const answers = await Promise.all(Array.from({ length: 20 }, () => rate.take([bot], soon())));
    expect(answers.filter(wait => wait === 0)).toHaveLength(3);
    expect(await rate.take([], soon())).toBe(0);
  });

  it('knows who waits, and who has to give way, until they are done or their time is over', async () => {
    const { rate, elapse } = make();
    const { key } = limits().chat;
    const wait = (by: string, forMs: number): Promise<void> => rate.wait(key, { by, forMs }, soon());
    const seen = async (by: string): Promise<string> => {
      const { self, othersMs } = await rate.waiting(key, by, soon());
      return `${self ? 'waits' : 'does not'}, others ${Math.ceil(othersMs / 10_000)}`;
    };
    const all = (): Promise<string[]> => Promise.all(['a', 'b', 'c'].map(seen));
    expect(await all()).toEqual(['does not, others 0', 'does not, others 0', 'does not, others 0']);
    await wait('a', 60_000);
    await wait('b', 30_000);
    expect(await all()).toEqual(['waits, others 3', 'waits, others 6', 'does not, others 6']);
    expect(await rate.waiting(`${key}1`, 'a', soon())).toEqual({ self: false, othersMs: 0 });
    await wait('a', 0);
    await wait('a', 0);
    expect(await all()).toEqual(['does not, others 3', 'waits, others 0', 'does not, others 3']);
    await wait('b', 0);
    await wait('c', 500);
    expect(await seen('a')).toBe('does not, others 1');
    await elapse(520);
    expect(await all()).toEqual(['does not, others 0', 'does not, others 0', 'does not, others 0']);
  });
}

/** What every QuestionBudget promises. */
export function questionBudgetContract(make: (perHour: number) => QuestionBudget): void {
  it('lets so many questions through in an hour', async () => {
    const budget = make(3);
    const answers = await Promise.all(Array.from({ length: 6 }, () => budget.take(soon())));
    expect(answers.filter(Boolean)).toHaveLength(3);
    expect(await budget.take(soon())).toBe(false);
  });
}

/** What every DeedLog promises. */
export function deedLogContract(make: () => DeedLog): void {
  it('lets one of many have a press, until it is done or released', async () => {
    const log = make();
    const [a, b] = [randomUUID(), randomUUID()];
    const answers = await Promise.all(Array.from({ length: 5 }, () => log.claim(a, soon())));
    expect(answers.toSorted()).toEqual(['others', 'others', 'others', 'others', 'ours']);
    expect(await log.claim(b, soon())).toBe('ours');
    await log.release(a, soon());
    expect([await log.claim(a, soon()), await log.claim(a, soon())]).toEqual(['ours', 'others']);
    for (let n = 0; n < 2; n += 1) await log.done(a, soon());
    expect([await log.claim(a, soon()), await log.claim(b, soon())]).toEqual(['done', 'others']);
  });
}

/** What every ChainState promises. */
export function chainStateContract(make: () => ChainState): void {
  it('keeps each broken chain since it first broke, until its Watchdog fires again', async () => {
    const state = make();
    expect(await state.broken(soon())).toEqual([]);
    const other = chain({ labels: { alertname: 'Watchdog', cluster: 'c2', odd: 'x \u00e9' }, since: at(0) });
    const signoz = chain({ source: 'signoz', since: at(2) });
    for (const each of [chain(), other, signoz, chain({ since: at(9), labels: { cluster: 'c1', alertname: 'Watchdog' } })]) {
      await state.broke(each, soon());
    }
    expect(await state.broken(soon())).toEqual([other, chain(), signoz]);
    for (let n = 0; n < 2; n += 1) await state.mended({ source: 'alertmanager', labels: { cluster: 'c1', alertname: 'Watchdog' } }, soon());
    expect(await state.broken(soon())).toEqual([other, signoz]);
  });

  it('keeps the newest incident of each, and forgets it with the break', async () => {
    const state = make();
    const odd = chain({ labels: { half: '\ud800' }, since: at(0) });
    await state.told(chain(), 'inc-1', soon());
    expect(await state.broken(soon())).toEqual([]);
    for (const each of [chain(), chain({ source: 'signoz', since: at(2) }), odd]) await state.broke(each, soon());
    for (const id of ['inc-1', 'inc-2', 'inc-2']) await state.told(chain({ since: at(9) }), id, soon());
    await state.told(odd, 'inc-3', soon());
    await state.broke(chain({ since: at(9) }), soon());
    expect((await state.broken(soon())).map(({ since, incidentId }) => [since, incidentId])).toEqual([
      [at(0), 'inc-3'],
      [at(1), 'inc-2'],
      [at(2), undefined],
    ]);
    await state.mended(chain(), soon());
    await state.broke(chain({ since: at(9) }), soon());
    expect((await state.broken(soon())).at(-1)).toEqual(chain({ since: at(9) }));
  });
}
