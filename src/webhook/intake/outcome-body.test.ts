import { describe, expect, it } from 'vitest';
import { MOST_OUTCOMES, reportedOutcomes } from './outcome-body.ts';

const REPORTER = { by: 'bot', key: undefined, newId: () => 'made' };

describe('a list of outcomes', () => {
  it('that is too long is not read at all', () => {
    const untouched = new Proxy(
      {},
      {
        get() {
          throw new Error('an entry was read');
        },
      },
    );
    expect(
      reportedOutcomes(
        Array.from({ length: MOST_OUTCOMES + 1 }, () => untouched),
        REPORTER,
      ),
    ).toBe('too-many');
  });

  it('of the greatest length is read, each entry by itself', () => {
    const reported = reportedOutcomes(
      Array.from({ length: MOST_OUTCOMES }, () => 0),
      REPORTER,
    );
    expect(reported).toHaveLength(MOST_OUTCOMES);
  });
});
