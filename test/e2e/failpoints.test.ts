import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROBE_EFFECTS } from '../../src/config/slices/faults.ts';
import { alertmanagerConfig } from '../../demo/alertmanager-config.ts';
import { type Alertmanager, startAlertmanager } from '../parts/alertmanager.ts';
import { eventually } from '../parts/eventually.ts';
import { keptPort } from '../parts/free-port.ts';
import { type Operator, startOperator } from '../parts/operator.ts';
import type { Part } from '../parts/part.ts';
import { startRedis } from '../parts/redis.ts';
import { type HttpServer, startHttpServer } from '../servers/http-server.ts';
import { signozChannel } from '../servers/signoz-channel.ts';
import { startSignoz } from '../servers/signoz.ts';
import { startTarget, type Target } from '../servers/target.ts';
import { startTelegram, type Telegram } from '../servers/telegram.ts';
import { endWithinTwoMinutes, firingCanaries } from './canaries.ts';
import { doomed } from './doomed.ts';
import { condition, ended, type ProbeView, probeView } from './probe-view.ts';
import { probe, raiseStage, secret, type Stage, stageIn } from './stage.ts';

const CHAT = '-100';
const HEARTBEAT = '/api/v1/telegram/status';
const AT_ONCE = 4;
/** Nobody is told of a chain that holds. */
const NOTICES: ReadonlySet<string> = new Set(['telegram-send', 'notify-webhook']);
const CASES = PROBE_EFFECTS.flatMap(effect => (['before', 'after'] as const).map(when => ({ effect, when, name: `${effect}:${when}` })));
type Named = (typeof CASES)[number];

/** What one death left behind: the status that nobody looked after, and who was told what. */
interface Death {
  readonly view: ProbeView;
  readonly namespace: string;
  readonly target: Target;
  readonly telegram: Telegram;
  readonly left: Awaited<ReturnType<ProbeView['status']>>;
  readonly canariesEnd: boolean;
}

let first: Stage;
let port: number;
let redis: Part;
let alertmanager: Alertmanager;
let signoz: Awaited<ReturnType<typeof startSignoz>>;
let hooks: HttpServer;
let operator: Operator;
const deaths = new Map<string, Death>();
const parts: { stop(): Promise<void> }[] = [];

/**
 * Every case has a namespace, a target and a chat of its own, and an operator that dies at its failpoint. What comes back meanwhile is taken
 * in by another replica, which then takes all of them over.
 */
beforeAll(async () => {
  [first, port] = await Promise.all([raiseStage('failpoint'), keptPort()]);
  const sender = { operatorPort: port, webhookToken: first.webhookToken };
  [redis, alertmanager, signoz, hooks] = await Promise.all([
    startRedis(),
    startAlertmanager({ version: '0.33', config: alertmanagerConfig(sender) }),
    startSignoz({ channels: [signozChannel(sender)] }),
    startHttpServer({ handle: () => ({ status: 200 }) }),
  ]);
  parts.push(redis, alertmanager, signoz, hooks);
  operator = await startOperator({ ...first.operator(redis.url), port });
  const queue = [...CASES];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) deaths.set(next.name, await died(next));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  // In good order, so that its lease need not be waited for.
  await operator.halt();
  await operator.stop();
  const namespaces = [...deaths.values()].map(({ namespace }) => namespace).join(',');
  operator = await startOperator({ ...first.operator(redis.url, { AWOOOI_NAMESPACES: namespaces }), port });
}, 240_000);
afterAll(() => Promise.all([operator, ...parts].map(part => part?.stop())));

async function died({ effect, name }: Named): Promise<Death> {
  const [stage, target, telegram] = await Promise.all([
    stageIn(first.cluster, effect),
    startTarget(),
    startTelegram({ chats: [{ id: Number(CHAT), type: 'supergroup' }] }),
  ]);
  parts.push(target, telegram);
  if (NOTICES.has(effect)) target.breakWith({ is: 'answer', reply: { status: 500 } }, ({ path }) => path.endsWith('/health'));
  const { namespace } = stage;
  await stage.apply(
    secret('telegram', { token: telegram.token }),
    secret('signoz', { url: signoz.url, apiKey: signoz.editorKey }),
    probe('chain', { ...chain(target, telegram), ...(effect === 'notify-webhook' && { notify: { webhook: { url: hookOf(namespace) } } }) }),
  );
  const own = { AWOOOI_NAMESPACES: namespace, AWOOOI_POD_NAMESPACE: namespace, AWOOOI_PUBLIC_URL: operator.url, AWOOOI_FAILPOINT: name };
  await doomed(name, first.operator(redis.url, own));
  const view = probeView(stage, 'chain');
  const canariesEnd = endWithinTwoMinutes(await firingCanaries(alertmanager.url, namespace));
  return { view, namespace, target, telegram, left: await view.status(), canariesEnd };
}

/** One hop for each sort of effect. */
function chain(target: Target, telegram: Telegram): object {
  const bot = { botToken: { name: 'telegram', key: 'token' }, chatId: CHAT, apiRoot: telegram.url };
  return {
    runToken: 'v1',
    target: { url: target.url },
    hops: [
      { name: 'api', type: 'Health' },
      { name: 'alerts', type: 'AlertmanagerWebhook' },
      { name: 'chat', type: 'Telegram', telegram: { via: 'Bot', ...bot } },
      { name: 'paging', type: 'AlertmanagerCanary', latencyBudget: '20s', alertmanager: { urls: [alertmanager.url], receiver: 'awoooi' } },
      { name: 'approval', type: 'Approval' },
      { name: 'signoz', type: 'SignozCanary', latencyBudget: '20s', signoz: { secretRef: { name: 'signoz' }, channel: 'awoooi' } },
    ],
    notify: { telegram: bot },
    heartbeat: { url: target.url + HEARTBEAT },
  };
}

interface Expected {
  /** What the dead process left: its Ready, and the phase of its run. */
  readonly left: RegExp;
  readonly phase: string | undefined;
  /** How the runs stand once somebody has looked after the probe again, and Ready with them. */
  readonly runs: readonly string[];
  readonly ready: RegExp;
  readonly notices: number;
}

const GOOD = { ready: /^True\/AllHopsPassed$/, notices: 0 };
const CUT_OFF: Expected = { left: /^Unknown/, phase: 'Running', runs: ['Interrupted', 'Passed'], ...GOOD };
const RECORDED: Expected = { left: GOOD.ready, phase: 'Passed', runs: ['Passed'], ...GOOD };
const BROKEN = { left: /^False\/BadStatus$/, phase: 'Failed', runs: ['Failed'], ready: /^False\/BadStatus$/ };
const EXPECTED: Readonly<Record<string, Expected>> = {
  'status-intent:before': { ...RECORDED, left: /^-$|^Unknown/, phase: undefined },
  'status-deed:after': RECORDED,
  'heartbeat:before': RECORDED,
  'heartbeat:after': RECORDED,
  'telegram-send:before': { ...BROKEN, notices: 1 },
  'telegram-send:after': { ...BROKEN, notices: 2 },
  'notify-webhook:before': { ...BROKEN, notices: 1 },
  'notify-webhook:after': { ...BROKEN, notices: 2 },
};

const hookOf = (namespace: string): string => `${hooks.url}/${namespace}`;
const notices = ({ telegram, namespace }: Death): number =>
  telegram.sent.length + hooks.requests.filter(({ path }) => path === `/${namespace}`).length;
const pending = ({ target }: Death): number => [...target.approvals.values()].filter(status => status === 'pending').length;
const heartbeats = ({ target }: Death): number => target.requests.filter(({ path }) => path === HEARTBEAT).length;

describe.each(CASES)('killed at $name', ({ name }) => {
  const expected = EXPECTED[name] ?? CUT_OFF;

  it('left no verdict that it had not earned, and no canary that fires on', () => {
    const { left, canariesEnd } = deathAt(name);
    expect(condition(left)).toMatch(expected.left);
    expect(left.lastRun?.phase).toBe(expected.phase);
    expect(canariesEnd).toBe(true);
  });

  it('is made good by whoever comes next', async () => {
    const death = deathAt(name);
    const { view, namespace } = death;
    const told = expected.notices > 0 ? 'Broken@' : '';
    const status = await view.until(
      now => ended(now).length === expected.runs.length && expected.ready.test(condition(now)) && (now.notified ?? '').startsWith(told),
      60_000,
    );
    expect(ended(status)).toEqual(expected.runs);
    expect(status).toMatchObject({ runToken: 'v1', lastRun: { phase: expected.runs.at(-1) } });
    expect(notices(death)).toBe(expected.notices);
    // What the dead process asked for only the API can end; nobody after it leaves one.
    expect(pending(death)).toBeLessThanOrEqual(1);
    expect(endWithinTwoMinutes(await firingCanaries(alertmanager.url, namespace))).toBe(true);
  });
});

function deathAt(name: string): Death {
  const death = deaths.get(name);
  if (!death) throw new Error(`${name} was not tried`);
  return death;
}

it('pings the dead man’s switch again with the next good run', async () => {
  for (const when of ['before', 'after'] as const) {
    const death = deathAt(`heartbeat:${when}`);
    const lost = heartbeats(death);
    expect(lost).toBe(when === 'before' ? 0 : 1);
    await death.view.run();
    await eventually(() => heartbeats(death) === lost + 1);
  }
});
