import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hopWorld, type HopWorld, requestFor } from '../../test/chain/world.ts';
import { eventually } from '../../test/parts/eventually.ts';
import { PortError } from '../domain/ports/port-error.ts';
import { attempt, HopFailure } from './failure.ts';
import { type HopTable, passed, type RunHop } from './hop.ts';
import { type ChainEngine, chainRunner } from './run.ts';

const quick: RunHop = async hop => passed(hop, 'well');
const hanging: RunHop = () => new Promise(() => {});
const throwing: RunHop = async () => {
  throw new TypeError('secret-token is not iterable');
};

const abrupt: RunHop = () => {
  throw new RangeError('at once');
};
const slow: RunHop = async hop => passed(hop, 'well', { latencyMs: 812.4 });

let world: HopWorld;
beforeEach(() => {
  world = hopWorld();
});
afterEach(() => world.close());

/** Health, SignozWebhook and Approval need a target only: three hops that each test gives its own doing. */
function run(hops: Partial<HopTable>, spec: Readonly<Record<string, unknown>> = {}, engine: Partial<ChainEngine> = {}) {
  const all: HopTable = {
    Health: quick,
    AlertmanagerWebhook: quick,
    SentryWebhook: quick,
    SignozWebhook: quick,
    Telegram: quick,
    Approval: quick,
    AlertmanagerCanary: quick,
    SignozCanary: quick,
    Watchdog: quick,
    ...hops,
  };
  const names = [
    { name: 'a', type: 'Health' },
    { name: 'b', type: 'SignozWebhook' },
    { name: 'c', type: 'Approval' },
  ];
  const request = requestFor({ target: { url: 'http://target.example' }, hops: names, timeout: '300ms', ...spec });
  const controller = new AbortController();
  const runner = chainRunner({ table: all, ports: world.ports, monotonic: () => performance.now(), ...engine });
  return { controller, result: runner(request, controller.signal) };
}

it('gives results in the order of the spec, with how long each hop took', async () => {
  const order: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const last: RunHop = async hop => {
    await promise;
    order.push(hop.name);
    return passed(hop, 'well');
  };
  const first: RunHop = async hop => {
    order.push(hop.name);
    resolve();
    return passed(hop, 'well');
  };
  const { hops } = await run({ Health: last, Approval: first }, { timeout: '30s' }).result;
  expect(order).toEqual(['c', 'a']);
  expect(hops.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  expect(hops.map(({ latencyMs }) => typeof latencyMs)).toEqual(['number', 'number', 'number']);
});

it('ends a hanging hop by its time, and no other waits for it', async () => {
  let otherEnded = false;
  const other: RunHop = async hop => {
    otherEnded = true;
    return passed(hop, 'well');
  };
  const { result, controller } = run({ Health: hanging, SignozWebhook: other }, { timeout: '10m' });
  await eventually(() => otherEnded);
  controller.abort();
  expect((await result).hops.map(hop => hop.result)).toEqual(['Unknown', 'Passed', 'Passed']);
});

it('says of a hanging hop that its time was over', async () => {
  const { hops } = await run({ Health: hanging }).result;
  expect(hops[0]).toMatchObject({ result: 'Failed', cause: 'TimedOut', message: 'No result within 300 ms.' });
});

it('lets a hop that heeds its signal say what it was waiting for', async () => {
  const heedful: RunHop = attempt(
    (_, { signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new PortError('unreachable', 'GET http://x: nothing came', { detail: 'timed-out' })));
      }),
  );
  const { hops } = await run({ Health: heedful }).result;
  expect(hops[0]).toMatchObject({ result: 'Failed', cause: 'TimedOut', message: 'GET http://x: nothing came' });
});

it('gives a hop its own timeout, and never more than the run has', async () => {
  const given = new Map<string, number>();
  const noting: RunHop = async (hop, { timeoutMs }) => {
    given.set(hop.name, timeoutMs);
    return passed(hop, 'well');
  };
  await run(
    { Health: noting, Approval: noting },
    {
      timeout: '2s',
      hops: [
        { name: 'short', type: 'Health', timeout: '1s' },
        { name: 'none', type: 'Approval' },
      ],
    },
  ).result;
  expect(Object.fromEntries(given)).toEqual({ short: 1000, none: 2000 });
});

describe('a hop that throws', () => {
  it('is Unexpected, without its text, and told to the log', async () => {
    const onFault = vi.fn<NonNullable<ChainEngine['onFault']>>();
    const { hops } = await run({ Health: throwing }, {}, { onFault }).result;
    expect(hops.map(({ cause }) => cause)).toEqual(['Unexpected', undefined, undefined]);
    expect(hops[0]?.message).not.toContain('secret-token');
    expect(onFault).toHaveBeenCalledWith({ probe: 'monitoring/production', hop: 'a', error: expect.any(TypeError) });
  });

  it('is Unexpected also when it throws before its first await', async () => {
    const { hops } = await run({ Health: abrupt }).result;
    expect(hops[0]).toMatchObject({ result: 'Failed', cause: 'Unexpected' });
  });

  it('long after it was given up on disturbs nobody', async () => {
    const unhandled = vi.fn<() => void>();
    process.on('unhandledRejection', unhandled);
    const { promise, reject } = Promise.withResolvers<never>();
    const { hops } = await run({ Health: () => promise }).result;
    reject(new Error('too late'));
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    process.off('unhandledRejection', unhandled);
    expect(hops[0]).toMatchObject({ cause: 'TimedOut' });
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe('a run that is called off', () => {
  it('ends at once, with hops of which nothing is known', async () => {
    const { controller, result } = run({ Health: hanging }, { timeout: '10m' });
    controller.abort();
    expect((await result).hops[0]).toMatchObject({ result: 'Unknown', cause: 'Unexpected' });
  });

  it('before it began ends as well', async () => {
    const { result, controller } = run({ Health: hanging, SignozWebhook: hanging, Approval: hanging }, { timeout: '10m' });
    controller.abort();
    expect((await result).hops).toHaveLength(3);
  });

  it('passes its abort on to the hops', async () => {
    let aborted = false;
    const heeding: RunHop = (_, { signal }) =>
      new Promise(() => {
        signal.addEventListener('abort', () => {
          aborted = true;
        });
      });
    const { controller, result } = run({ Health: heeding }, { timeout: '10m' });
    controller.abort();
    await result;
    expect(aborted).toBe(true);
  });
});

describe('latencyBudget', () => {
  it('fails a hop that passed too slowly', async () => {
    const { hops } = await run({ Health: slow }, { hops: [{ name: 'a', type: 'Health', latencyBudget: '500ms' }], timeout: '5s' }).result;
    const message = 'It worked, but took 812 ms; latencyBudget is 500ms.';
    expect(hops[0]).toMatchObject({ result: 'Failed', cause: 'TimedOut', message, latencyMs: 812.4 });
  });

  it('leaves a canary’s to the canary', async () => {
    const hop = { name: 'a', type: 'SignozCanary', signoz: { channel: 'x' }, latencyBudget: '500ms' };
    const { hops } = await run({ SignozCanary: slow }, { hops: [hop], timeout: '5s' }).result;
    expect(hops[0]).toMatchObject({ result: 'Passed' });
  });
});

it('measures by the clock it is given', async () => {
  const ticks = [1000, 1250];
  const { hops } = await run({}, { hops: [{ name: 'a', type: 'Health' }] }, { monotonic: () => ticks.shift() ?? 9999 }).result;
  expect(hops[0]?.latencyMs).toBe(250);
});

it('keeps what a hop says was left untried apart from what failed', async () => {
  const untried: RunHop = attempt(async () => {
    throw new HopFailure({ cause: 'SecretNotFound', message: 'Secret x does not exist.' });
  });
  const { hops } = await run({ Health: untried }).result;
  expect(hops[0]).toMatchObject({ result: 'Unknown', cause: 'SecretNotFound' });
});
