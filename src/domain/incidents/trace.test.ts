import { describe, expect, it } from 'vitest';
import { seededIncident } from '../../../test/builders/seeded-incidents.ts';
import { messageIdIn } from './message-id.ts';
import { traceOf } from './trace.ts';

const signal = AbortSignal.timeout(10_000);

it('the id of a message is what its channel keeps of it, and nothing else of the memo', () => {
  expect(messageIdIn({ chatId: '-1', messageId: '42' })).toBe('42');
  expect(messageIdIn({ text: 'secret', noteId: '9001' })).toBe('9001');
  expect(messageIdIn({ text: 'secret' })).toBeUndefined();
});

describe('traceOf', () => {
  const many = Array.from({ length: 30 }, (_, at) => seededIncident({ id: `inc-03-${String(at).padStart(13, '0')}` }));
  const find = async (id: string) => many.find(incident => incident.id === id);
  const entry = { source: 'alertmanager', status: 'firing', outcome: 'accepted', replica: 'a' } as const;

  it('of an alert that is in many incidents shows the newest of them', async () => {
    const entries = many.map(({ id: incidentId }, at) => ({ ...entry, at: new Date(1e12 - at), incidentId }));
    const found = await traceOf({ find, list: async () => ({ incidents: [] }), trace: async () => entries }, 'f00', signal);
    expect(found.entries).toHaveLength(30);
    expect(found.incidents.map(({ id }) => id)).toEqual(many.slice(0, 10).map(({ id }) => id));
  });

  it('by alertname goes on over empty pages, and ends', async () => {
    const cursors: (string | undefined)[] = [];
    const list = async ({ cursor }: { readonly cursor?: string }) => {
      cursors.push(cursor);
      return { incidents: cursors.length === 2 ? many.slice(0, 1) : [], next: String(cursors.length) };
    };
    const found = await traceOf({ find, list, trace: async () => [] }, 'HighLatency', signal);
    expect(found.incidents.map(({ id }) => id)).toEqual([many[0]?.id]);
    expect([cursors[0], cursors[1], cursors.length]).toEqual([undefined, '1', 10]);
  });

  it('by alertname asks by the fingerprint that the sender gave, whatever its labels would make', async () => {
    const incident = seededIncident({ id: many[0]?.id ?? '', fingerprint: 'their-own' });
    const entries = [{ ...entry, at: new Date(), incidentId: incident.id }];
    const trace = async (fingerprint: string) => (fingerprint === 'their-own' ? entries : []);
    const list = async () => ({ incidents: [incident] });
    expect(await traceOf({ find, list, trace }, 'HighLatency', signal)).toEqual({ entries, incidents: [incident] });
  });

  it('leaves out an incident that is forgotten by age', async () => {
    const entries = [{ ...entry, at: new Date(), incidentId: 'inc-03-zzzzzzzzzzzzz' }];
    expect(await traceOf({ find, list: async () => ({ incidents: [] }), trace: async () => entries }, 'f00', signal)).toEqual({
      entries,
      incidents: [],
    });
  });
});
