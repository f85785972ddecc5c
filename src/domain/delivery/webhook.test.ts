import { describe, expect, it } from 'vitest';
import { incidentIn } from '../../../test/builders/delivery-world.ts';
import { deliveryId, webhookBody } from './webhook-body.ts';
import { webhookSignature } from './webhook-signature.ts';

const keys = (text: string): string[] => Object.keys(JSON.parse(text).incident);

describe('the signature', () => {
  it('is the one that openssl makes', () => {
    // printf '1764144000.{"a":1}' | openssl dgst -sha256 -hmac 'a secret'
    const signed = { timestamp: '1764144000', body: '{"a":1}' };
    expect(webhookSignature('a secret', signed)).toBe('sha256=5de6512a5410f3845f068d20b2aa164f7f4395efd487791871a55fcf90e55c9c');
  });

  it('covers the timestamp and the body, each at its place', () => {
    const signatures = [
      { timestamp: '1764144000', body: '{"a":1}' },
      { timestamp: '1764144001', body: '{"a":1}' },
      { timestamp: '1764144000', body: '{"a":2}' },
      { timestamp: '176414400', body: '0{"a":1}' },
    ].map(signed => webhookSignature('a secret', signed));
    expect(new Set(signatures).size).toBe(4);
  });
});

describe('the body', () => {
  it('is the same text for the same state, and names it', () => {
    const incident = incidentIn(7, { revision: 12 });
    expect(webhookBody(incident)).toBe(webhookBody({ ...incident }));
    expect(deliveryId(incident)).toBe('inc-07-abcdefghijklm:12');
    expect(JSON.parse(webhookBody(incident))).toMatchObject({ version: 1, event: 'incident', delivery: 'inc-07-abcdefghijklm:12' });
  });

  it('has every field whether it says something or not, and nothing of other channels', () => {
    const memo = { message: 'chat-4711' };
    const delivery = { channel: 'telegram', state: 'delivered', at: new Date(), attempts: 0, memo } as const;
    const bare = webhookBody(incidentIn(7, { links: {}, deliveries: [delivery] }));
    const at = new Date('2026-11-26T09:00:00Z');
    const analysis = { by: 'rules', asked: 'rules', rootCause: 'r', impact: 'i', fix: 'f', prevention: 'p', confidence: 0.4, at } as const;
    const silence = { id: 's-1', by: 'Ada', endsAt: at };
    const full = webhookBody(incidentIn(7, { startedAt: at, acknowledgedAt: at, resolvedAt: at, analysis, silence }));
    expect(keys(bare)).toEqual(keys(full));
    expect(bare).not.toContain('4711');
    expect(JSON.parse(bare).incident).toMatchObject({ analysis: null, silence: null, resolved_at: null, links: { runbook: null } });
    expect(JSON.parse(full).incident).toMatchObject({
      started_at: '2026-11-26T09:00:00.000Z',
      acknowledged_at: '2026-11-26T09:00:00.000Z',
      analysis: { root_cause: 'r', because: null, at: '2026-11-26T09:00:00.000Z' },
      silence: { id: 's-1', by: 'Ada', ends_at: '2026-11-26T09:00:00.000Z' },
    });
  });
});
