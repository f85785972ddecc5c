import { beforeEach, describe, expect, it } from 'vitest';
import { BUTTON_SECRET, incidentOf, OPENED } from '../../../test/builders/telegram-world.ts';
import { memoryDeedLog } from '../../adapters/memory/deed-log.ts';
import { type PressAction, signedPress } from '../../domain/cards/press-data.ts';
import type { Incident } from '../../domain/incidents/incident.ts';
import type { Press } from '../../domain/ports/cards.ts';
import { DEED_CLAIMED_MS } from '../../domain/ports/deed-log.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import type { DeedLog } from '../../domain/ports/deed-log.ts';
import type { WantedSilence } from '../../domain/ports/silences.ts';
import { type PressDeps, pressed } from './press.ts';

const CHAT = '-1001';
let incident: Incident;
let answers: string[];
let silences: Map<string, WantedSilence>;
let pressLog: DeedLog;
let time: number;
let told: (readonly string[])[];
let away: boolean;

beforeEach(() => {
  incident = incidentOf({ id: 'inc-07-abcdefghijklm' });
  [answers, silences, told, away, time] = [[], new Map(), [], false, OPENED.getTime()];
  pressLog = memoryDeedLog({ now: () => new Date(time) });
});

function reachable(): void {
  if (away) throw new PortError('unavailable', 'Redis is away');
}

const mistaken = (): Promise<never> => Promise.reject(new Error('a mistake'));
const died = (): Promise<never> => new Promise(() => {});
const refusing = (): Promise<never> => Promise.reject(new PortError('unavailable', 'away'));

/** One incident, the silences of an Alertmanager, and a log of presses. */
function world(over: Partial<PressDeps> = {}): PressDeps {
  const lines = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => lines };
  return {
    cards: { answer: async (_, text) => void answers.push(text) },
    incidents: {
      find: async id => (id === incident.id ? incident : undefined),
      async acknowledge(_, { who, tell }) {
        reachable();
        if (incident.status !== 'open') return { is: 'unchanged', incident };
        told.push(tell);
        incident = { ...incident, status: 'acknowledged', timeline: [...incident.timeline, { at: OPENED, what: 'acknowledged', who }] };
        return { is: 'changed', incident };
      },
      async silenced(_, { silence, tell }) {
        reachable();
        told.push(tell);
        const { silence: before, ...rest } = incident;
        incident = { ...rest, ...(silence && { silence }) };
        return { is: before === silence ? 'unchanged' : 'changed', incident };
      },
    },
    pressLog,
    silences: {
      async create(wanted) {
        silences.set(wanted.key, wanted);
        return `id of ${wanted.key}`;
      },
      expire: async id => void silences.delete(id.replace('id of ', '')),
    },
    allowedUsers: [9],
    chats: [CHAT],
    buttonSecrets: () => ['a-new-secret', BUTTON_SECRET],
    tell: ['telegram'],
    language: 'en',
    now: () => OPENED,
    logger: lines,
    ...over,
  };
}

const data = (action: PressAction, chatId = CHAT, subject = incident.id) => signedPress({ action, subject, chatId }, BUTTON_SECRET);
let presses = 0;
const press = (over: Partial<Press> = {}): Press => ({
  id: String(++presses),
  data: data('acknowledge'),
  userId: 9,
  userName: 'mia',
  chatId: CHAT,
  messageId: 3,
  ...over,
});
const push = (given: Press, deps = world()) => pressed(given, deps, AbortSignal.timeout(5_000));

describe('a press', () => {
  it('acknowledges in the name of who pressed, and has the card brought up to date', async () => {
    await push(press());
    expect(incident).toMatchObject({ status: 'acknowledged', timeline: [{}, { who: 'telegram:mia (9)' }] });
    expect(told).toEqual([['telegram']]);
    expect(answers).toEqual(['Acknowledged by telegram:mia (9).']);
  });

  it.each([
    ['silence-1h', 1],
    ['silence-4h', 4],
  ] as const)('makes a silence in the name of who pressed: %s', async (action, hours) => {
    await push(press({ data: data(action) }));
    const endsAt = new Date(OPENED.getTime() + hours * 3_600_000);
    expect([...silences.values()]).toMatchObject([
      { createdBy: 'mia', endsAt, matchers: { alertname: 'DiskFull', namespace: 'shop', deployment: 'cart' } },
    ]);
    expect(incident.silence).toEqual({ id: `id of ${incident.id}:${hours}h`, by: 'mia', endsAt });
    expect(answers).toEqual([`Silenced until 2026-11-26 1${hours}:00 UTC.`]);
  });

  it('ends the silence', async () => {
    await push(press({ data: data('silence-4h') }));
    await push(press({ data: data('unsilence') }));
    expect(silences.size).toBe(0);
    // Also whoever looks after what ended while it stood.
    expect(told).toEqual([
      ['telegram', 'silence-end'],
      ['telegram', 'silence-end'],
    ]);
    expect(incident).not.toHaveProperty('silence');
    expect(answers.at(-1)).toBe('The silence has ended.');
  });

  it('that Telegram sends again is handled once', async () => {
    const given = press({ data: data('silence-1h') });
    await push(given);
    await push(press({ data: data('unsilence') }));
    await push(given);
    expect(incident).not.toHaveProperty('silence');
    expect(answers).toHaveLength(2);
  });

  it('is answered in Chinese', async () => {
    await push(press(), world({ language: 'zh-TW' }));
    expect(answers).toEqual(['已由 telegram:mia (9) 確認。']);
  });

  it('counts in a chat where a card of the incident went', async () => {
    incident = { ...incident, deliveries: [{ channel: 'telegram', state: 'delivered', at: OPENED, attempts: 1, memo: { chatId: '-5' } }] };
    await push(press({ chatId: '-5', data: data('acknowledge', '-5') }));
    expect(incident.status).toBe('acknowledged');
  });

  it('about a repair is decided by who is given for it', async () => {
    const decided: unknown[] = [];
    const decide: PressDeps['decide'] = async (wish, by) => {
      decided.push([wish.action, wish.subject, by]);
      return 'Approved.';
    };
    await push(press({ data: data('approve', CHAT, 'apr-1') }), world({ decide }));
    for (const action of ['reject', 'done', 'did-not-help', 'propose'] as const) {
      await push(press({ data: data(action, CHAT, 'apr-1') }), world({ decide }));
    }
    await push(press({ data: data('reject', CHAT, 'apr-1') }));
    const by = { who: 'telegram:mia (9)', userId: 9, name: 'mia' };
    expect(decided).toEqual(['approve', 'reject', 'done', 'did-not-help', 'propose'].map(action => [action, 'apr-1', by]));
    expect([answers.length, answers[0], answers.at(-1)]).toEqual([6, 'Approved.', 'This operator cannot do that yet.']);
  });
});

describe('nothing is done, and that is said,', () => {
  it.each<[string, () => [Press, Partial<PressDeps>?], string]>([
    ['for a user who may not', () => [press({ userId: 10 })], 'TG_ALLOWED_USER_IDS'],
    ['where nobody may', () => [press(), { allowedUsers: [] }], 'TG_ALLOWED_USER_IDS'],
    ['for data that was made up', () => [press({ data: `a:${incident.id}:${'x'.repeat(22)}` })], 'not valid'],
    ['for data of another chat', () => [press({ data: data('acknowledge', '-1002') })], 'not valid'],
    ['in a chat that is none of ours', () => [press({ chatId: '-1002', data: data('acknowledge', '-1002') })], 'not valid'],
    ['without a chat', () => [{ id: 'x', data: data('acknowledge'), userId: 9, userName: 'mia' }], 'not valid'],
    ['for a secret that is no longer used', () => [press(), { buttonSecrets: () => ['another'] }], 'not valid'],
    ['for an incident that is gone', () => [press({ data: data('acknowledge', CHAT, 'inc-07-0000000000000') })], 'no longer known'],
    ['to end a silence that is not there', () => [press({ data: data('unsilence') })], 'done already'],
  ])('%s', async (_, given, answer) => {
    const [it, over = {}] = given();
    await push(it, world(over));
    expect(answers).toEqual([expect.stringContaining(answer)]);
    expect([incident.status, silences.size, told]).toEqual(['open', 0, []]);
  });

  it.each<[string, Partial<Incident>, PressAction, string]>([
    ['resolved', { status: 'resolved' }, 'acknowledge', 'resolved'],
    ['acknowledged already', { status: 'acknowledged' }, 'acknowledge', 'done already'],
    ['of SigNoz, and cannot be silenced', { source: 'signoz' }, 'silence-1h', 'not set up'],
    ['silenced', { silence: { id: 's', by: 'mia', endsAt: new Date(OPENED.getTime() + 1) } }, 'silence-1h', 'done already'],
  ])('for an incident that is %s', async (_, over, action, answer) => {
    incident = { ...incident, ...over };
    await push(press({ data: data(action) }));
    expect(answers).toEqual([expect.stringContaining(answer)]);
    expect([silences.size, told]).toEqual([0, []]);
  });
});

it.each(['silence-1h', 'unsilence'] as const)('without an Alertmanager there is no %s', async action => {
  const { silences: _, ...deps } = world();
  await push(press({ data: data(action) }), deps);
  expect(answers).toEqual([expect.stringContaining('not set up')]);
});

describe('what fails', () => {
  it.each(['acknowledge', 'silence-1h'] as const)('comes again while the store is away, and is answered once: %s', async action => {
    const given = press({ data: data(action) });
    away = true;
    for (let n = 0; n < 2; n += 1) await expect(push(given)).rejects.toThrow('Redis is away');
    expect(answers).toEqual([]);
    away = false;
    await push(given);
    await push(given);
    expect([told.length, answers.length]).toEqual([1, 1]);
    expect(silences.size).toBe(action === 'acknowledge' ? 0 : 1);
  });

  it.each(['silence-1h', 'unsilence'] as const)('in Alertmanager holds nothing up, and can be pressed again: %s', async action => {
    if (action === 'unsilence') await push(press({ data: data('silence-4h') }));
    const given = press({ data: data(action) });
    await push(given, world({ silences: { create: refusing, expire: refusing } }));
    expect(answers.at(-1)).toBe('That did not work just now. Please press again.');
    await push(given);
    expect(silences.size).toBe(action === 'unsilence' ? 1 : 0);
    await push(press({ data: data(action) }));
    expect(silences.size).toBe(action === 'unsilence' ? 0 : 1);
  });

  it('by a fault of our own is answered, and does not come again', async () => {
    await push(press(), world({ incidents: { ...world().incidents, find: mistaken } }));
    expect(answers).toEqual(['That did not work just now. Please press again.']);
  });

  it('at the answer is no failure of the deed', async () => {
    await push(press(), world({ cards: { answer: refusing } }));
    expect(incident.status).toBe('acknowledged');
  });

  it('before anything is known of it comes again', async () => {
    await expect(push(press(), world({ pressLog: { ...pressLog, claim: refusing } }))).rejects.toBeInstanceOf(PortError);
    expect([incident.status, answers]).toEqual(['open', []]);
  });

  it('when the deed is noted comes again, and is done once', async () => {
    const given = press({ data: data('silence-1h') });
    await expect(push(given, world({ pressLog: { ...pressLog, done: refusing } }))).rejects.toBeInstanceOf(PortError);
    await push(given);
    expect([silences.size, answers]).toEqual([1, ['That was done already.']]);
  });
});

describe('a press whose process died', () => {
  it.each<[string, () => Partial<PressDeps>]>([
    ['before the deed', () => ({ incidents: { ...world().incidents, acknowledge: died } })],
    ['after the deed', () => ({ pressLog: { ...pressLog, done: died } })],
  ])('%s is left alone while its claim holds, and then done by the next that gets it', async (_, dying) => {
    const given = press();
    void push(given, world(dying()));
    await expect(push(given)).rejects.toMatchObject({ fault: 'unavailable', retryAfterMs: expect.any(Number) });
    expect(answers).toEqual([]);
    time += DEED_CLAIMED_MS - 1;
    await expect(push(given)).rejects.toMatchObject({ fault: 'unavailable' });
    time += 1;
    await push(given);
    expect([incident.status, told.length, answers.length]).toEqual(['acknowledged', 1, 1]);
  });
});
