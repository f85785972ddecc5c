import { describe, expect, it } from 'vitest';
import { specWith, WRONG_SPECS } from '../../../test/builders/wrong-specs.ts';
import { parseAlertChainProbe } from './parse.ts';

const probe = (spec: unknown, more: object = {}): object => ({
  apiVersion: 'awoooi.io/v1alpha1',
  kind: 'AlertChainProbe',
  metadata: { name: 'x', namespace: 'prod', uid: 'u', generation: 2, resourceVersion: '5' },
  spec,
  ...more,
});

function told(spec: unknown, field: string): string[] {
  const parsed = parseAlertChainProbe(probe(spec));
  return parsed.ok ? [] : parsed.fields.filter(problem => problem.field === field).map(problem => problem.message);
}

describe('parseAlertChainProbe', () => {
  it.each(WRONG_SPECS)('refuses $what where the API server does', ({ spec, field }) => {
    expect(told(spec, field)).not.toEqual([]);
  });

  it.each(WRONG_SPECS.filter(({ ownWords }) => !ownWords))('says of $what what the API server says', ({ spec, field, sentence }) => {
    expect(told(spec, field).join('\n')).toContain(sentence);
  });

  it('gives every problem at once, each with its field', () => {
    const parsed = parseAlertChainProbe(
      probe(specWith({ timeout: 'soon', gate: 'Never', hops: [{ name: 'a', type: 'Health', timeout: '1d' }] })),
    );
    expect(parsed.ok ? [] : parsed.fields.map(({ field }) => field)).toEqual(['spec.timeout', 'spec.gate', 'spec.hops[0].timeout']);
    expect(parsed.ok ? [] : parsed.problems[0]).toMatch(/^spec.timeout: must be a duration/);
  });

  it('refuses alert labels whose names Alertmanager would refuse', () => {
    const alertmanager = { urls: ['http://am:9093'], receiver: 'r', labels: { 'a-b': 'c' } };
    const parsed = parseAlertChainProbe(probe(specWith({ hops: [{ name: 'a', type: 'AlertmanagerCanary', alertmanager }] })));
    expect(parsed.ok ? [] : parsed.fields.map(({ field }) => field)).toEqual(['spec.hops[0].alertmanager.labels.a-b']);
  });

  it('fills in the defaults and keeps status and metadata', () => {
    const status = { observedGeneration: 2, hops: [{ name: 'api', type: 'Health', result: 'Passed' }] };
    const parsed = parseAlertChainProbe(probe(specWith(), { status }));
    expect(parsed.ok && parsed.probe).toMatchObject({
      metadata: { name: 'x', namespace: 'prod', generation: 2 },
      spec: {
        timeout: '30s',
        gate: 'Enforce',
        suspend: false,
        failureThreshold: 2,
        historyLimit: 10,
        maintenance: [],
        afterRollout: [],
        runToken: '',
      },
      status,
    });
  });

  it('keeps the conditions of a status that another version wrote, and nothing else of it', () => {
    const condition = {
      type: 'Ready',
      status: 'True',
      reason: 'R',
      message: 'm',
      observedGeneration: 1,
      lastTransitionTime: '2026-01-01T00:00:00Z',
    };
    const parsed = parseAlertChainProbe(probe(specWith(), { status: { conditions: [condition], lastRun: 'yesterday', brokenHop: 'a' } }));
    expect(parsed.ok && parsed.probe.status).toEqual({ conditions: [condition] });
    const unreadable = parseAlertChainProbe(probe(specWith(), { status: { conditions: 'none' } }));
    expect(unreadable.ok && unreadable.probe.status).toEqual({});
  });

  it.each([undefined, null, 'x', [], {}, { kind: 'AlertChainProbe' }])('refuses %j without throwing', object => {
    expect(parseAlertChainProbe(object).ok).toBe(false);
  });
});
