import { describe, expect, it } from 'vitest';
import { earlierOccurrence, earlierOutcome } from './earlier-entry.ts';

const AT = new Date('2026-03-29T10:00:00Z');
const SECONDS = AT.getTime() / 1000;

describe('an outcome of an earlier system', () => {
  it('is read with all that it says', () => {
    const text = JSON.stringify({
      success: true,
      root_cause: 'a leak',
      fix_description: 'restarted',
      execution_time_seconds: 12.5,
      timestamp: '2026-03-29T10:00:00',
      more: 1,
    });
    expect(earlierOutcome({ text })).toEqual({
      success: true,
      rootCause: 'a leak',
      fixDescription: 'restarted',
      executionSeconds: 12.5,
      at: AT,
    });
  });

  it.each([
    ['{"success":"False"}', { success: false }],
    ['{"success":1,"root_cause":null,"fix_description":""}', { success: true }],
    ['{"success":false,"execution_time":"3.5"}', { success: false, executionSeconds: 3.5 }],
    ['{"success":false,"execution_time_seconds":"soon"}', { success: false }],
    ['{"success":true,"recorded_at":"2026-03-29 12:00:00+02:00"}', { success: true, at: AT }],
    [`{"success":true,"time":${SECONDS}}`, { success: true, at: AT }],
    [`{"success":true,"time":${AT.getTime()}}`, { success: true, at: AT }],
    ['{"success":true,"timestamp":"yesterday"}', { success: true }],
  ])('may be %s', (text, expected) => {
    expect(earlierOutcome({ text })).toEqual(expected);
  });

  it('of a sorted set was when its score says', () => {
    expect(earlierOutcome({ text: '{"success":true}', score: SECONDS })).toEqual({ success: true, at: AT });
  });

  it.each(['', 'ok', '[]', 'null', '{}', '{"success":null}', '{"success":"perhaps"}', '{"succ'])('is none in %j', text => {
    expect(earlierOutcome({ text })).toBeUndefined();
  });
});

describe('an occurrence of an earlier system', () => {
  it.each([
    [{ text: 'f1', score: SECONDS }],
    [{ text: 'f1', score: AT.getTime() }],
    [{ text: String(SECONDS) }],
    [{ text: '2026-03-29T10:00:00+00:00' }],
    [{ text: '{"timestamp":"2026-03-29T10:00:00Z","fingerprint":"f1"}' }],
    [{ text: '{"fingerprint":"f1"}', score: SECONDS }],
  ])('was when %j says', entry => {
    expect(earlierOccurrence(entry)).toEqual(AT);
  });

  it.each([{ text: 'f1' }, { text: '{}' }, { text: '7' }, { text: 'f1', score: 3 }, { text: '2026-99-99T10:00:00Z' }])(
    'is none in %j',
    entry => {
      expect(earlierOccurrence(entry)).toBeUndefined();
    },
  );
});
