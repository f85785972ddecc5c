import { beforeEach, describe, expect, it } from 'vitest';
import { type RepairDesk, repairDesk } from '../../test/builders/repair-desk.ts';
import { playbookOf, type PlaybookOver, statsOf } from '../../test/builders/known-playbook.ts';
import { incidentOf, OPENED } from '../../test/builders/telegram-world.ts';
import type { Incident } from '../domain/incidents/incident.ts';
import { PortError } from '../domain/ports/port-error.ts';
import type { RepairObjects } from '../domain/ports/repair-objects.ts';
import type { Delivered } from './channel.ts';
import { repairRunsChannel } from './repair-runs.ts';

let desk: RepairDesk;
let incident: Incident;
/** As the outbox keeps it. */
let memo: Readonly<Record<string, string>>;

beforeEach(() => {
  [incident, memo] = [incidentOf(), {}];
  desk = repairDesk([playbookOf('a'), playbookOf('b')]);
});

interface World {
  readonly objects?: Partial<RepairObjects>;
  readonly synced?: boolean;
  readonly now?: Date;
}

async function deliver({ objects = {}, synced = true, now = OPENED }: World = {}): Promise<Delivered> {
  const channel = repairRunsChannel({ objects: { ...desk.objects, ...objects }, synced: () => synced, now: () => now });
  const place = { partition: 7, incidentId: incident.id, channel: 'repair', entryId: '1-1', attempts: 0 };
  const work = { ...place, since: OPENED, takenAt: OPENED, memo };
  const remember = async (kept: typeof memo): Promise<void> => void (memo = kept);
  const done = await channel.deliver({ incident, work, remember }, AbortSignal.timeout(5_000));
  if (done.memo) memo = done.memo;
  return done;
}

const made = (): string[] => [...desk.runs.values()].map(({ spec }) => spec.playbookRef.name);
const mode = (given: string, over: PlaybookOver = {}): PlaybookOver => ({ ...over, spec: { mode: given } });
const dying = (): Promise<never> => Promise.reject(new PortError('unreachable', 'the API server is away'));

describe('an incident that opens', () => {
  it.each([
    ['Approve', ['a']],
    ['Automatic', ['a']],
    ['Shadow', ['a']],
    ['Suggest', []],
  ])('and a playbook of mode %s make %j', async (given, expected) => {
    desk = repairDesk([playbookOf('a', mode(given))]);
    await deliver();
    expect(made()).toEqual(expected);
    expect([...desk.runs.values()].map(({ spec }) => spec.mode)).toEqual(expected.map(() => given));
  });

  it('makes the best alone, and shadows besides', async () => {
    desk = repairDesk([playbookOf('a'), playbookOf('b', mode('Automatic', { status: statsOf(0.8) })), playbookOf('s', mode('Shadow'))]);
    expect(await deliver()).toMatchObject({ is: 'delivered' });
    expect(made().toSorted()).toEqual(['b', 's']);
  });

  it('says why it makes none', async () => {
    desk = repairDesk([]);
    expect(await deliver()).toMatchObject({ is: 'skipped', reason: 'no playbook for it makes a run' });
    desk = repairDesk([playbookOf('a', { spec: { steps: [{ action: 'delete_pod', target: { kind: 'Pod', fromLabel: 'pod' } }] } })]);
    expect(await deliver()).toMatchObject({ is: 'skipped', reason: expect.stringContaining('no label pod') });
  });

  it('makes nothing once it is resolved', async () => {
    incident = { ...incident, status: 'resolved' };
    expect(await deliver()).toMatchObject({ is: 'skipped' });
    expect(made()).toEqual([]);
  });

  it('waits until it is known which playbooks there are', async () => {
    expect(await deliver({ synced: false })).toMatchObject({ is: 'postponed' });
    expect(made()).toEqual([]);
  });

  it('waits for a playbook that was applied just now to be read', async () => {
    const { status: _, ...unread } = playbookOf('a');
    desk = repairDesk([unread]);
    expect(await deliver()).toMatchObject({ is: 'postponed' });
    desk = repairDesk([playbookOf('a')]);
    expect(await deliver()).toMatchObject({ is: 'delivered' });
    expect(made()).toEqual(['a']);
  });

  it('makes one each of five hundred at once', async () => {
    for (let n = 0; n < 500; n += 1) {
      [incident, memo] = [incidentOf(), {}];
      await deliver();
    }
    expect(desk.runs.size).toBe(500);
  });
});

describe('told again', () => {
  it('makes the same once', async () => {
    await deliver();
    await deliver();
    expect(made()).toEqual(['a']);
  });

  it('makes no other beside it, whatever the caches show and however playbooks have fared since', async () => {
    desk.freeze();
    await deliver();
    desk.playbooks.splice(1, 1, playbookOf('b', { status: statsOf(0.9) }));
    await deliver();
    expect([made(), new Set(desk.asked).size]).toEqual([['a'], 1]);
  });

  it('goes on with the next once a run has failed, and with none when all have', async () => {
    for (const name of ['a', 'b']) {
      await deliver();
      expect(made().at(-1)).toBe(name);
      desk.move([...desk.runs.keys()].at(-1) ?? '', { phase: 'Failed', startedAt: OPENED.toISOString() });
    }
    expect(await deliver()).toMatchObject({ is: 'delivered' });
    expect(made()).toEqual(['a', 'b']);
  });

  it('after a death before or after the run was made makes that run', async () => {
    await expect(deliver({ objects: { create: dying } })).rejects.toMatchObject({ fault: 'unreachable' });
    desk.playbooks.splice(1, 1, playbookOf('b', { status: statsOf(0.9) }));
    await expect(deliver({ objects: { create: (run, signal) => desk.objects.create(run, signal).then(dying) } })).rejects.toThrow('away');
    await deliver();
    expect(made()).toEqual(['a']);
  });

  it('in a new opening begins anew', async () => {
    await deliver();
    desk.move([...desk.runs.keys()][0] ?? '', { phase: 'Succeeded', startedAt: OPENED.toISOString() });
    await deliver();
    expect(made()).toEqual(['a']);
    const at = new Date(OPENED.getTime() + 60_000);
    incident = { ...incident, timeline: [...incident.timeline, { at, what: 'reopened', who: 'alertmanager' }] };
    await deliver();
    expect(made()).toEqual(['a', 'a']);
  });
});
