import { setImmediate as immediate } from 'node:timers/promises';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Ending, heldQueue, middle, silentMetrics } from '../../test/builders/held-queue.ts';
import { backoffMs } from './backoff.ts';
import { QUEUE_BACKOFF, type TurnEnd, WorkQueue } from './queue.ts';
import type { Priority } from './ready-keys.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => vi.useRealTimers());

/** What the queue owes, kept in the plainest way: keys to be turned, and keys to be turned from a time on. */
class Model {
  readonly owed = new Set<string>();
  readonly due = new Map<string, number>();
  readonly failures = new Map<string, number>();
  readonly violations: string[] = [];

  add(key: string, ms = 0): void {
    if (ms <= 0) this.owed.add(key);
    else this.due.set(key, Math.min(this.due.get(key) ?? Infinity, performance.now() + ms));
  }

  settle(): void {
    for (const [key, due] of this.due) {
      if (due > performance.now()) continue;
      this.due.delete(key);
      this.owed.add(key);
    }
  }

  start(key: string, twice: boolean): void {
    if (twice) this.violations.push(`${key} is in flight twice`);
    this.settle();
    if (!this.owed.delete(key)) this.violations.push(`${key} was turned though nobody asked`);
  }

  end(key: string, how: Ending): void {
    if (how === 'fail') {
      const failures = this.failures.get(key) ?? 0;
      this.failures.set(key, failures + 1);
      this.add(key, backoffMs(QUEUE_BACKOFF, failures, middle));
      return;
    }
    this.failures.delete(key);
    if (how !== 'ok') this.add(key, how.requeueAfterMs);
  }
}

const key = fc.integer({ min: 0, max: 5 }).map(n => `ns/${n}`);
const priority = fc.constantFrom<Priority>('normal', 'low');
const ending = fc.oneof(fc.constant('ok' as const), fc.constant('fail' as const), fc.record({ requeueAfterMs: fc.nat({ max: 2000 }) }));
const commands = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('add' as const), key, priority }),
    fc.record({ do: fc.constant('after' as const), key, priority, ms: fc.nat({ max: 2000 }) }),
    fc.record({ do: fc.constant('end' as const), nth: fc.nat({ max: 5 }), how: ending }),
    fc.record({ do: fc.constant('pass' as const), ms: fc.nat({ max: 1500 }) }),
  ),
  { maxLength: 120, size: 'max' },
);

describe('any history of adds at both levels, delays, endings and time', () => {
  it('turns exactly what is owed: never a key twice at a time, never later than a free worker allows, nothing lost', async () => {
    await fc.assert(
      fc.asyncProperty(commands, fc.integer({ min: 1, max: 3 }), async (history, workers) => {
        const { queue, running, onStart } = heldQueue({ workers });
        const model = new Model();
        onStart(({ key: started, twice }) => model.start(started, twice));
        queue.start();
        const end = (nth: number, how: Ending) => {
          const [name, held] = [...running][nth % Math.max(1, running.size)] ?? [];
          if (name === undefined || !held) return;
          held.end(how);
          model.end(name, how);
        };
        for (const command of history) {
          if (command.do === 'add') {
            model.add(command.key);
            queue.add(command.key, command.priority);
          } else if (command.do === 'after') {
            model.add(command.key, command.ms);
            queue.addAfter(command.key, command.ms, command.priority);
          } else if (command.do === 'end') end(command.nth, command.how);
          await vi.advanceTimersByTimeAsync(command.do === 'pass' ? command.ms : 0);
          model.settle();
          expect(running.size).toBeLessThanOrEqual(workers);
          const waiting = [...model.owed].filter(name => !running.has(name));
          expect(running.size === workers ? [] : waiting).toEqual([]);
        }
        for (let rounds = 0; (running.size > 0 || model.due.size > 0) && rounds < 1000; rounds += 1) {
          end(0, 'ok');
          await vi.advanceTimersByTimeAsync(running.size > 0 ? 0 : 300_000);
          model.settle();
        }
        expect([model.violations, [...model.owed], [...model.due], running.size]).toEqual([[], [], [], 0]);
        await queue.drain(0);
      }),
      { numRuns: 300 },
    );
  });
});

describe('one key', () => {
  it('is turned again when it was added while it ran, once however often', async () => {
    const { queue, running, log } = heldQueue();
    queue.start();
    queue.add('a');
    for (let n = 0; n < 5; n += 1) queue.add('a');
    expect(log).toEqual(['a']);
    running.get('a')?.end('ok');
    await vi.advanceTimersByTimeAsync(0);
    running.get('a')?.end('ok');
    await vi.advanceTimersByTimeAsync(0);
    expect(log).toEqual(['a', 'a']);
  });

  it('backs off 0.5, 1, 2 … s after failures, and starts over after a success', async () => {
    const { queue, running, log } = heldQueue();
    queue.start();
    queue.add('a');
    for (const wait of [500, 1000, 2000, 4000]) {
      running.get('a')?.end('fail');
      await vi.advanceTimersByTimeAsync(wait - 1);
      expect(running.size).toBe(0);
      await vi.advanceTimersByTimeAsync(1);
      expect(running.size).toBe(1);
    }
    expect(queue.failures('a')).toBe(4);
    running.get('a')?.end('ok');
    await vi.advanceTimersByTimeAsync(0);
    expect(queue.failures('a')).toBe(0);
    expect(log.filter(line => line === 'failed a')).toHaveLength(4);
  });

  it('waits longer than one timer can', async () => {
    const { queue, running } = heldQueue();
    queue.start();
    const days40 = 40 * 86_400_000;
    queue.addAfter('a', days40);
    await vi.advanceTimersByTimeAsync(days40 - 1);
    expect(running.size).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(running.size).toBe(1);
  });

  it('is not turned by its delay once forgotten', async () => {
    const { queue, running } = heldQueue();
    queue.start();
    queue.addAfter('a', 10);
    queue.forget('a');
    await vi.advanceTimersByTimeAsync(1000);
    expect(running.size).toBe(0);
  });
});

it('holds ten thousand delays with one timer', async () => {
  const { queue, log } = heldQueue({ workers: 20_000 });
  queue.start();
  for (let n = 0; n < 10_000; n += 1) queue.addAfter(`k${n}`, 1000 + (n % 7));
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(1010);
  for (let rounds = 0; rounds < 10_000 && log.length < 10_000; rounds += 1) await immediate();
  expect(new Set(log).size).toBe(10_000);
});

it('lets the event loop go round between turns that wait for nothing', async () => {
  let turns = 0;
  const turn = async (): Promise<TurnEnd> => {
    turns += 1;
    return {};
  };
  const queue = new WorkQueue({ turn, workers: 32, turnDeadlineMs: 1000, random: middle, metrics: silentMetrics(), onFailure: () => {} });
  for (let n = 0; n < 1000; n += 1) queue.add(`k${n}`);
  queue.start();
  const between: number[] = [];
  for (let before = -1; turns > before; ) {
    before = turns;
    await immediate();
    between.push(turns - before);
  }
  expect(turns).toBe(1000);
  expect(Math.max(...between)).toBeLessThanOrEqual(16);
});

describe('a turn past its deadline', () => {
  it('is aborted, gives its worker to another key, and keeps its own key until it ends', async () => {
    const overdue = vi.fn<() => void>();
    const { queue, running, log } = heldQueue({ workers: 1, turnDeadlineMs: 100, metrics: { ...silentMetrics(), overdue } });
    queue.start();
    queue.add('a');
    queue.add('b');
    await vi.advanceTimersByTimeAsync(100);
    expect(running.get('a')?.signal.aborted).toBe(true);
    expect(log).toEqual(['a', 'b']);
    queue.add('a');
    running.get('b')?.end('ok');
    await vi.advanceTimersByTimeAsync(0);
    expect(log).toEqual(['a', 'b']);
    running.get('a')?.end('ok');
    await vi.advanceTimersByTimeAsync(0);
    expect(log).toEqual(['a', 'b', 'a']);
    expect(overdue).toHaveBeenCalledTimes(1);
  });
});

describe('draining', () => {
  it('lets a turn finish, starts no other, and says so when it is done', async () => {
    const { queue, running, log } = heldQueue({ workers: 1 });
    queue.start();
    queue.add('a');
    queue.add('b');
    const drained = queue.drain(5000);
    running.get('a')?.end({ requeueAfterMs: 0 });
    expect(await drained).toEqual([]);
    queue.add('c');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(log).toEqual(['a']);
  });

  it('aborts what does not finish in time and names what does not end even then', async () => {
    const { queue, running } = heldQueue();
    queue.start();
    queue.add('stubborn');
    queue.add('obedient');
    running.get('obedient')?.signal.addEventListener('abort', () => running.get('obedient')?.end('fail'));
    const drained = queue.drain(5000);
    await vi.advanceTimersByTimeAsync(6000);
    expect(await drained).toEqual(['stubborn']);
  });
});
