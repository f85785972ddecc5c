import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Ending, heldQueue, silentMetrics } from '../../test/builders/held-queue.ts';
import type { QueueOptions } from './queue.ts';
import type { Priority } from './ready-keys.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => vi.useRealTimers());

/** A started queue, what it started (`key` at `level`), and a way to end the turn that has been under way the longest. */
function started(options: Partial<QueueOptions> = {}) {
  const held = heldQueue({ workers: 1, ...options });
  const starts: string[] = [];
  held.onStart(({ key, priority }) => starts.push(`${key} at ${priority}`));
  held.queue.start();
  const end = async (how: Ending = 'ok'): Promise<void> => {
    [...held.running.values()][0]?.end(how);
    await vi.advanceTimersByTimeAsync(0);
  };
  const endAll = async (): Promise<void> => {
    while (held.running.size > 0) await end();
  };
  return { ...held, starts, end, endAll };
}

describe('the order', () => {
  it('is normal before low, each as they came', async () => {
    const { queue, starts, endAll } = started();
    queue.add('first');
    for (const key of ['a', 'b']) queue.add(key, 'low');
    for (const key of ['x', 'y']) queue.add(key);
    await endAll();
    expect(starts).toEqual(['first at normal', 'x at normal', 'y at normal', 'a at low', 'b at low']);
  });

  it('moves a key up that waits at low, and never down; either way it is turned once', async () => {
    const { queue, starts, endAll } = started();
    queue.add('first');
    for (const key of ['a', 'b', 'c']) queue.add(key, 'low');
    queue.add('x');
    queue.add('b');
    queue.add('x', 'low');
    queue.add('b', 'low');
    await endAll();
    expect(starts.slice(1)).toEqual(['x at normal', 'b at normal', 'a at low', 'c at low']);
  });

  it('counts what was asked for while the key ran, at the highest level', async () => {
    const { queue, starts, end, endAll } = started();
    queue.add('a', 'low');
    for (const key of ['b', 'c']) queue.add(key, 'low');
    queue.add('a', 'low');
    queue.add('a');
    await end();
    expect(starts).toEqual(['a at low', 'a at normal']);
    await endAll();
    expect(starts.slice(2)).toEqual(['b at low', 'c at low']);
  });

  it('lets a key that moved up and was turned wait at low again, behind the others', async () => {
    const { queue, starts, end, endAll } = started();
    queue.add('first');
    for (const key of ['a', 'b']) queue.add(key, 'low');
    queue.add('a');
    await end();
    queue.add('a', 'low');
    await endAll();
    expect(starts.slice(1)).toEqual(['a at normal', 'b at low', 'a at low']);
  });

  it('counts keys of both levels as waiting, once each', () => {
    const depths: number[] = [];
    const { queue } = started({ metrics: { ...silentMetrics(), depth: keys => void depths.push(keys) } });
    queue.add('first');
    queue.add('a', 'low');
    queue.add('b');
    queue.add('a');
    expect(depths.at(-1)).toBe(2);
  });
});

describe('low work', () => {
  it('gets every tenth turn under a flood of normal work', async () => {
    const { queue, starts, end } = started();
    queue.add('first');
    for (const key of ['a', 'b', 'c']) queue.add(key, 'low');
    for (let n = 0; starts.at(-1) !== 'c at low' && n < 100; n += 1) {
      queue.add(`x${n}`);
      queue.add(`y${n}`);
      await end();
    }
    const at = (start: string): number => starts.indexOf(start);
    expect([at('a at low'), at('b at low'), at('c at low')]).toEqual([10, 20, 30]);
  });

  it('does not save up turns while nothing of it waits', async () => {
    const { queue, starts, end, endAll } = started();
    for (let n = 0; n < 20; n += 1) queue.add(`x${n}`);
    for (let n = 0; n < 15; n += 1) await end();
    queue.add('a', 'low');
    await endAll();
    expect(starts.indexOf('a at low')).toBe(20);
  });
});

describe('a key that comes back', () => {
  it.each<[string, Ending, number]>([
    ['after a failure', 'fail', 500],
    ['after a conflict', { requeueAfterMs: 0 }, 0],
    ['when its turn said so', { requeueAfterMs: 300 }, 300],
  ])('%s keeps its level', async (_, how, ms) => {
    for (const level of ['normal', 'low'] as const) {
      const { queue, starts, end, endAll } = started();
      queue.add('a', level);
      queue.add('before', level);
      await end(how);
      await vi.advanceTimersByTimeAsync(ms);
      queue.add('other', level === 'low' ? 'normal' : 'low');
      await endAll();
      const back = `a at ${level}`;
      expect(starts.filter(start => start === back)).toHaveLength(2);
      expect(starts.lastIndexOf(back) < starts.findIndex(start => start.startsWith('other'))).toBe(level === 'normal');
    }
  });

  it('comes back at the level that its turn names', async () => {
    const { queue, starts, end } = started();
    queue.add('a');
    await end({ requeueAfterMs: 300, requeueAs: 'low' });
    await vi.advanceTimersByTimeAsync(300);
    expect(starts).toEqual(['a at normal', 'a at low']);
  });

  it('that is delayed at both levels comes back once, at the earlier time, as normal', async () => {
    const { queue, starts, endAll } = started();
    queue.addAfter('a', 500, 'normal');
    queue.addAfter('a', 100, 'low');
    await vi.advanceTimersByTimeAsync(100);
    expect(starts).toEqual(['a at normal']);
    await endAll();
    await vi.advanceTimersByTimeAsync(1000);
    expect(starts).toHaveLength(1);
  });
});

describe('one change among a thousand keys of a start', () => {
  it('is served by the next worker that is free, on a key of its own and on one that waits among them', async () => {
    const { queue, running, log, end } = started({ workers: 4 });
    const keys = Array.from({ length: 1000 }, (_, n) => `ns/${n}`);
    for (const key of keys) queue.add(key, 'low');
    await end();
    expect([log.length, running.size]).toEqual([5, 4]);
    for (const changed of ['ns/new', 'ns/900', 'ns/999']) {
      queue.add(changed);
      await end();
      expect(log.at(-1)).toBe(changed);
    }
    while (running.size > 0) await end();
    expect(log.toSorted()).toEqual([...keys, 'ns/new'].toSorted());
  });
});

/** What waits, kept in the plainest way: keys with their level and when they came to it. */
class Waiting {
  readonly asked = new Map<string, { readonly priority: Priority; readonly at: number }>();
  readonly running = new Set<string>();
  readonly violations: string[] = [];
  #clock = 0;
  #passedOver = 0;

  add(key: string, priority: Priority): void {
    const was = this.asked.get(key)?.priority;
    if (was !== 'normal' && was !== priority) this.asked.set(key, { priority, at: (this.#clock += 1) });
  }

  start(key: string, priority: Priority): void {
    if (this.running.has(key)) this.violations.push(`${key} runs twice`);
    if (this.asked.get(key)?.priority !== priority) this.violations.push(`${key} was not asked for at ${priority}`);
    if (this.#first(priority) !== key) this.violations.push(`${key} was not the first at ${priority}`);
    const other = this.#first(priority === 'low' ? 'normal' : 'low');
    if (priority === 'low' && other !== undefined && this.#passedOver < 9) this.violations.push(`${key} went before ${other}`);
    this.#passedOver = priority === 'normal' && other !== undefined ? this.#passedOver + 1 : 0;
    if (this.#passedOver > 9) this.violations.push(`${other} starves`);
    this.asked.delete(key);
    this.running.add(key);
  }

  end(key: string, how: 'ok' | Priority): void {
    if (how !== 'ok') this.add(key, how);
    this.running.delete(key);
    const asked = this.asked.get(key);
    if (asked) this.asked.set(key, { ...asked, at: (this.#clock += 1) });
  }

  #first(priority: Priority): string | undefined {
    const ready = [...this.asked].filter(([key, asked]) => asked.priority === priority && !this.running.has(key));
    return ready.toSorted(([, a], [, b]) => a.at - b.at)[0]?.[0];
  }
}

const level = fc.constantFrom<Priority>('normal', 'low');
const commands = fc.array(
  fc.oneof(
    // More comes than ends: otherwise hardly ever do so many wait that low work could starve.
    { weight: 3, arbitrary: fc.record({ do: fc.constant('add' as const), key: fc.nat({ max: 40 }).map(n => `ns/${n}`), priority: level }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('end' as const), nth: fc.nat({ max: 5 }), how: fc.oneof(fc.constant('ok' as const), level) }),
    },
  ),
  { maxLength: 150, size: 'max' },
);

it('loses nothing, runs nothing twice at a time, keeps to the order and starves nobody, whatever is added and ends', async () => {
  await fc.assert(
    fc.asyncProperty(commands, fc.integer({ min: 1, max: 4 }), async (history, workers) => {
      const { queue, running, onStart } = heldQueue({ workers });
      const model = new Waiting();
      onStart(({ key, priority }) => model.start(key, priority));
      queue.start();
      const end = async (nth: number, how: 'ok' | Priority): Promise<void> => {
        const [key, held] = [...running][nth % Math.max(1, running.size)] ?? [];
        if (key === undefined || !held) return;
        model.end(key, how);
        held.end(how === 'ok' ? 'ok' : { requeueAfterMs: 0, requeueAs: how });
        await vi.advanceTimersByTimeAsync(0);
      };
      for (const command of history) {
        if (command.do === 'end') await end(command.nth, command.how);
        else {
          model.add(command.key, command.priority);
          queue.add(command.key, command.priority);
        }
        const idle = [...model.asked.keys()].filter(key => !running.has(key));
        expect(running.size === workers ? [] : idle).toEqual([]);
      }
      while (running.size > 0) await end(0, 'ok');
      expect([model.violations, [...model.asked.keys()], running.size]).toEqual([[], [], 0]);
      await queue.drain(0);
    }),
    { numRuns: 300 },
  );
});
