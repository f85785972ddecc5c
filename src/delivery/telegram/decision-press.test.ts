import { beforeEach, describe, expect, it } from 'vitest';
import { type RepairDesk, repairDesk, runOf as standingRun } from '../../../test/builders/repair-desk.ts';
import { playbookOf } from '../../../test/builders/known-playbook.ts';
import { incidentOf } from '../../../test/builders/telegram-world.ts';
import type { RepairRunStatus } from '../../crds/repairrun/status.ts';
import { decisions } from '../../domain/approvals/decisions.ts';
import { type PressAction, proposalSubject } from '../../domain/cards/press-data.ts';
import type { Incident, TimelineEntry } from '../../domain/incidents/incident.ts';
import { playbookMark } from '../../domain/playbook/run-name.ts';
import { runOf } from '../../domain/playbook/run-of.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import type { RepairObjects } from '../../domain/ports/repair-objects.ts';
import type { Language } from '../../domain/text/language.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { decisionPress } from './decision-press.ts';

const CHAT = '-1001';
const LONG_OVER = { expiresAt: '2026-01-01T00:00:00.000Z' };
const log: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => log };
let desk: RepairDesk;
let incident: Incident;
let notes: Omit<TimelineEntry, 'at'>[];

/** A run of the playbook that waits for its approval. */
function waiting(approvers: readonly string[] = [], status: RepairRunStatus = {}): void {
  const made = runOf(playbookOf('restart', { spec: { approval: { approvers } } }), incident);
  if (made.is === 'run') desk.runs.set('shop/r', standingRun({ ...made.run, name: 'r' }, { approvalId: 'rr-1', ...status }));
}

beforeEach(() => {
  [incident, notes] = [incidentOf(), []];
  desk = repairDesk([playbookOf('restart')]);
});

interface Over {
  readonly chatId?: string;
  readonly language?: Language;
  readonly objects?: Partial<RepairObjects>;
  readonly userId?: number;
  readonly note?: () => Promise<void>;
}

function press(action: PressAction, subject = 'rr-1', over: Over = {}): Promise<string> {
  const { chatId = CHAT, language = 'en', userId = 9, objects = {} } = over;
  const pressing = decisionPress({
    decisions: decisions({ objects: { ...desk.objects, ...objects }, now: () => incident.openedAt }),
    incidents: {
      find: async id => (id === incident.id ? incident : undefined),
      note: over.note ?? (async (_, entry) => void notes.push(entry)),
    },
    chats: [CHAT],
    language,
    logger: log,
  });
  return pressing({ action, subject, chatId }, { who: 'telegram:mia (9)', userId, name: 'mia' }, AbortSignal.timeout(5_000));
}

const recorded = () => desk.runs.get('shop/r')?.status?.approvals ?? [];
const away = (): Promise<never> => Promise.reject(new PortError('unreachable', 'the API server is away'));

describe('approve and reject', () => {
  it.each([
    ['approve', 'Approve', 'Approved.'],
    ['reject', 'Reject', 'Rejected.'],
  ] as const)('%s is recorded in the name of who pressed, once', async (action, decision, answer) => {
    waiting();
    expect([await press(action), await press(action)]).toEqual([answer, answer]);
    expect(recorded()).toMatchObject([{ by: 'telegram:9', name: 'mia', via: 'telegram', decision }]);
  });

  it('of an allowed user whom the playbook does not list is not taken, and that is said', async () => {
    waiting(['telegram:9']);
    expect(await press('approve', 'rr-1', { userId: 10 })).toMatch(/its playbook lists others/);
    expect(recorded()).toEqual([]);
    expect(await press('approve')).toBe('Approved.');
  });

  it.each<[string, RepairRunStatus, string]>([
    ['approved', { phase: 'Running' }, 'Too late: approved by Omar (telegram:7) already.'],
    ['rejected', { phase: 'Rejected' }, 'Too late: rejected by ann already.'],
    ['expired', { phase: 'Expired' }, 'Too late: nobody approved it in time. Propose it again from the card.'],
    ['waiting still, though its time is over', LONG_OVER, 'Too late: nobody approved it in time. Propose it again from the card.'],
  ])('comes too late for one that is %s', async (_, status, answer) => {
    const time = '2026-11-26T10:00:00.000Z';
    const approvals: RepairRunStatus['approvals'] = [
      { by: 'telegram:7', name: 'Omar', via: 'telegram', decision: 'Approve', time },
      { by: 'ann', via: 'kubernetes', decision: 'Reject', time },
    ];
    waiting([], { ...status, approvals });
    expect(await press('approve')).toBe(answer);
    expect(recorded()).toHaveLength(2);
  });

  it('of a playbook that has changed since is not taken', async () => {
    waiting();
    desk.playbooks.splice(0, 1, playbookOf('restart', { status: { hash: '0000000000000000' } }));
    expect(await press('approve')).toMatch(/^The playbook has changed since/);
    expect(recorded()).toEqual([]);
  });

  it('of one that is gone says so', async () => {
    expect(await press('approve')).toBe('This repair is no longer known.');
  });

  it('counts in our chats, and where a card of its incident went, and nowhere else', async () => {
    waiting();
    expect(await press('approve', 'rr-1', { chatId: '-5' })).toBe('This button is not valid any more.');
    expect(recorded()).toEqual([]);
    incident = {
      ...incident,
      deliveries: [{ channel: 'telegram', state: 'delivered', at: incident.openedAt, attempts: 0, memo: { chatId: '-5' } }],
    };
    expect(await press('approve', 'rr-1', { chatId: '-5' })).toBe('Approved.');
  });

  it('that the API server does not take holds nothing up, and can be pressed again', async () => {
    waiting();
    expect(await press('approve', 'rr-1', { objects: { decide: away } })).toBe('That did not work just now. Please press again.');
    expect(await press('approve')).toBe('Approved.');
  });

  it('is answered in Chinese', async () => {
    waiting();
    expect(await press('approve', 'rr-1', { language: 'zh-TW' })).toBe('已核准。');
  });
});

describe('what people did', () => {
  it.each([
    ['done', true, 'Noted: it is done and helped.'],
    ['did-not-help', false, 'Noted: it did not help.'],
  ] as const)('%s is recorded, and the first answer stands', async (action, helped, answer) => {
    waiting([], { phase: 'Running' });
    expect([await press(action), await press(action)]).toEqual([answer, answer]);
    expect([...desk.answers.values()]).toEqual([{ by: 'telegram:9', helped }]);
    expect(await press(action, 'rr-1', { userId: 10 })).toBe('Too late: nothing waits for that any more.');
  });

  it('of somebody whom the playbook does not list does not count', async () => {
    waiting(['telegram:9'], { phase: 'Running' });
    expect(await press('done', 'rr-1', { userId: 10 })).toMatch(/lists others/);
    expect(desk.answers.size).toBe(0);
  });

  it('about what is gone is answered so', async () => {
    expect(await press('did-not-help')).toBe('This repair is no longer known.');
  });
});

describe('propose', () => {
  const suggested = playbookOf('scale', { spec: { mode: 'Suggest' } });
  const shown = () => proposalSubject(incident.id, playbookMark(suggested));
  const propose = (over: Over = {}) => press('propose', shown(), over);

  beforeEach(() => void desk.playbooks.push(suggested));

  it('makes the run that was shown, which then asks for approval, and says who wanted it', async () => {
    expect(await propose()).toMatch(/^Proposed/);
    expect([...desk.runs.values()]).toMatchObject([{ spec: { playbookRef: { name: 'scale' }, mode: 'Suggest', incidentId: incident.id } }]);
    expect(notes).toEqual([{ what: 'repair-proposed', who: 'telegram:mia (9)', detail: 'scale, from the card' }]);
  });

  it('pressed again makes no second one', async () => {
    await propose();
    expect(await propose()).toMatch(/^Another repair of this incident is under way/);
    expect(desk.runs.size).toBe(1);
  });

  it('never makes another than was shown', async () => {
    desk.playbooks.splice(1, 1, playbookOf('scale', { spec: { mode: 'Suggest' }, status: { hash: '0000000000000000' } }));
    expect(await propose()).toMatch(/^The playbook has changed since/);
    expect(desk.runs.size).toBe(0);
  });

  it('says why it cannot be done', async () => {
    incident = { ...incident, labels: { alertname: 'DiskFull', namespace: 'shop' } };
    expect(await propose()).toMatch(/^That cannot be done: .*the alert has no label deployment/);
  });

  it('does nothing for an incident that is resolved, or gone, or in a chat that is none of ours', async () => {
    expect(await propose({ chatId: '-5' })).toBe('This button is not valid any more.');
    expect(await press('propose', proposalSubject('inc-07-0000000000000', '0a1b2c3d'))).toBe('This incident is no longer known.');
    expect(await press('propose', 'nonsense')).toBe('This incident is no longer known.');
    incident = { ...incident, status: 'resolved' };
    expect(await propose()).toBe('This incident is resolved.');
    expect(desk.runs.size).toBe(0);
  });

  it('is done also where it cannot be noted who wanted it', async () => {
    expect(await propose({ note: away })).toMatch(/^Proposed/);
  });
});
