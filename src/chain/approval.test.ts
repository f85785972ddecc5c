import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hopWorld, type HopWorld, tryHop } from '../../test/chain/world.ts';
import type { Fault, Received } from '../../test/servers/http-server.ts';
import { startTarget, type Target } from '../../test/servers/target.ts';
import { eventually } from '../../test/parts/eventually.ts';
import { approval } from './approval.ts';

let target: Target;
let world: HopWorld;

beforeAll(async () => {
  target = await startTarget();
  world = hopWorld();
});
afterEach(() => target.mend());
afterAll(async () => {
  await world.close();
  await target.stop();
});

const attemptIt = (timeoutMs?: number) =>
  tryHop(approval, world, { hop: { type: 'Approval' }, target: { url: target.url }, ...(timeoutMs !== undefined && { timeoutMs }) });
const newest = () => [...target.approvals.values()].at(-1);
const isGet = ({ method }: Received): boolean => method === 'GET';
const isAsk = ({ method, path }: Received): boolean => method === 'POST' && path === '/api/v1/approvals';
const isWithdrawal = ({ path }: Received): boolean => path.endsWith('/withdraw');

it('passes and leaves nothing that waits for anybody', async () => {
  expect(await attemptIt()).toMatchObject({ result: 'Passed', statusCode: 201, latencyMs: expect.any(Number) });
  expect(newest()).toBe('withdrawn');
});

describe('withdraws, and names the reading as what broke, when reading', () => {
  it.each<[string, Fault, object]>([
    ['is answered 500', { is: 'answer', reply: { status: 500 } }, { cause: 'BadStatus', statusCode: 500 }],
    [
      'is answered with another approval',
      { is: 'answer', reply: { status: 200, body: { id: 'drill-999', status: 'pending' } } },
      { cause: 'BadAnswer' },
    ],
    ['is redirected', { is: 'answer', reply: { status: 307, headers: { location: '/' } } }, { cause: 'Redirected' }],
  ])('%s', async (_, fault, expected) => {
    target.breakWith(fault, isGet);
    expect(await attemptIt()).toMatchObject({ result: 'Failed', ...expected });
    expect(newest()).toBe('withdrawn');
  });

  it('hangs past the end of the hop’s time', async () => {
    target.breakWith({ is: 'hang' }, isGet);
    expect(await attemptIt(300)).toMatchObject({ result: 'Failed', cause: 'TimedOut' });
    await eventually(() => newest() === 'withdrawn');
  });
});

it('takes back what it asked for, also where the answer comes after the end of the hop’s time', async () => {
  target.breakWith({ is: 'slow', delayMs: 600 }, isAsk);
  const before = target.approvals.size;
  expect(await attemptIt(300)).toMatchObject({ result: 'Failed', cause: 'TimedOut' });
  await eventually(() => target.approvals.size === before + 1 && newest() === 'withdrawn');
});

it.each<[string, Fault, object]>([
  ['asking is answered 200', { is: 'answer', reply: { status: 200, body: { id: 'a', status: 'pending' } } }, { cause: 'BadStatus' }],
  ['asking is answered without an id', { is: 'answer', reply: { status: 201, body: { status: 'pending' } } }, { cause: 'BadAnswer' }],
  [
    'asking is answered with an id made to lead astray',
    { is: 'answer', reply: { status: 201, body: { id: '../x', status: 'pending' } } },
    { cause: 'BadAnswer' },
  ],
  [
    'asking is answered with dots for an id',
    { is: 'answer', reply: { status: 201, body: { id: '..', status: 'pending' } } },
    { cause: 'BadAnswer' },
  ],
  ['asking is answered 404', { is: 'answer', reply: { status: 404 } }, { cause: 'BadStatus', statusCode: 404 }],
])('fails when %s', async (_, fault, expected) => {
  target.breakWith(fault, isAsk);
  expect(await attemptIt()).toMatchObject({ result: 'Failed', ...expected });
});

it.each([
  ['as 200', { status: 200, body: { id: 'drill-x', status: 'pending' } }, { cause: 'BadStatus', statusCode: 200 }],
  ['as 500', { status: 500, body: { id: 'drill-x' } }, { cause: 'BadStatus', statusCode: 500 }],
  ['without a status', { status: 201, body: { id: 'drill-x' } }, { cause: 'BadAnswer' }],
])('takes back one whose id it was told, though it was answered %s', async (_, reply, expected) => {
  target.breakWith({ is: 'answer', reply }, isAsk);
  expect(await attemptIt()).toMatchObject({ result: 'Failed', ...expected });
  expect(target.requests.at(-1)).toMatchObject({ method: 'POST', path: '/api/v1/approvals/drill-x/withdraw' });
});

it('fails when withdrawing does', async () => {
  target.breakWith({ is: 'answer', reply: { status: 409 } }, isWithdrawal);
  expect(await attemptIt()).toMatchObject({ result: 'Failed', cause: 'BadStatus', statusCode: 409 });
});
