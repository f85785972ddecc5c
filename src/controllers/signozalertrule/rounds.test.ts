import { afterEach, expect, it, vi } from 'vitest';
import { eventually } from '../../../test/parts/eventually.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import { Rounds } from './rounds.ts';

let rounds: Rounds | undefined;
afterEach(() => {
  rounds?.stop();
  vi.useRealTimers();
});

/** Lists that end as they are told, one after another, and well from then on. */
function roundsWith(ends: readonly (PortError | undefined)[], { intervalMs = 3_600_000 } = {}) {
  const seen = { began: 0, ended: 0, turned: [] as string[] };
  rounds = new Rounds({
    async list() {
      const end = ends[seen.began++];
      if (end) throw end;
    },
    intervalMs: () => intervalMs,
    ended: () => void seen.ended++,
    faultTurned: () => void seen.turned.push(rounds?.fault?.fault ?? 'none'),
    monotonic: () => performance.now(),
    random: () => 0.5,
    log: { info() {}, warn() {} },
    host: 'signoz',
  });
  rounds.start();
  return seen;
}

const away = new PortError('unreachable', 'nobody listens');
const revoked = new PortError('unauthorized', 'who is it?');

it('tolerates two failures in a row that may pass by themselves, once it has listed well', async () => {
  const seen = roundsWith([undefined, away, away, undefined, away, away, away, undefined], { intervalMs: 300 });
  await eventually(() => seen.turned.length === 2, { withinMs: 60_000 });
  expect(seen.turned).toEqual(['unreachable', 'none']);
  expect(seen.began).toBe(8);
});

it('tolerates a list that was cut off as it does a reset', async () => {
  const seen = roundsWith([undefined, new PortError('malformed', 'cut off', { detail: 'reset' }), undefined, undefined], {
    intervalMs: 300,
  });
  await eventually(() => seen.ended === 4, { withinMs: 20_000 });
  expect(seen.turned).toEqual([]);
});

it('tries again soon after a failure, however long its interval is', async () => {
  const seen = roundsWith([away]);
  await eventually(() => seen.began === 2, { withinMs: 10_000 });
  expect(seen.turned).toEqual(['unreachable', 'none']);
});

it.each([revoked, new PortError('unsupported', 'what is this?'), new PortError('unreachable', 'no', { detail: 'tls' })])(
  'does not tolerate what a person has to mend: $fault $detail',
  async fault => {
    const seen = roundsWith([undefined, fault], { intervalMs: 300 });
    await eventually(() => seen.turned.length > 0);
    expect([seen.turned[0], seen.began]).toEqual([fault.fault, 2]);
  },
);

it('tells of one fault once, whatever its words', async () => {
  const seen = roundsWith([away, new PortError('unreachable', 'other words'), revoked]);
  await eventually(() => seen.turned.length === 3, { withinMs: 20_000 });
  expect(seen.turned).toEqual(['unreachable', 'unauthorized', 'none']);
});

it('asks ever more seldom while SigNoz is down for an hour, and knows within a minute that it is back', async () => {
  vi.useFakeTimers();
  const seen = roundsWith([undefined, ...Array.from({ length: 1_000 }, () => away)], { intervalMs: 60_000 });
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(seen.turned).toEqual(['unreachable']);
  expect(seen.began).toBeGreaterThan(100);
  expect(seen.began).toBeLessThan(140);
  seen.began = 1_001;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(seen.turned).toEqual(['unreachable', 'none']);
});

it('lists once more when it is asked while a list is under way', async () => {
  const gates: (() => void)[] = [];
  rounds = new Rounds({
    list: () => new Promise(resolve => void gates.push(resolve)),
    intervalMs: () => 3_600_000,
    ended() {},
    faultTurned() {},
    monotonic: () => performance.now(),
    random: () => 0.5,
    log: { info() {}, warn() {} },
    host: 'signoz',
  });
  rounds.start();
  await eventually(() => gates.length === 1);
  rounds.ask();
  gates[0]?.();
  expect(await eventually(() => gates.length === 2)).toBe(true);
  gates[1]?.();
});
