import { expect, it } from 'vitest';
import { planOf } from './plan-of.ts';

const have = { alert: 'errors', labels: { team: 'shop' } };
const want = { alert: 'API errors', labels: { team: 'shop' } };

it('says what would change, a line for each place', () => {
  const { action, diff } = planOf({ action: 'Update', id: 'a', want, have });
  expect([action, diff]).toEqual(['Update', 'alert: "errors" → "API errors"']);
});

it('has another hash as soon as anything is another', () => {
  const plans = [
    planOf({ action: 'Update', id: 'a', want, have }),
    planOf({ action: 'Adopt', id: 'a', want, have }),
    planOf({ action: 'Update', id: 'b', want, have }),
    planOf({ action: 'Update', id: 'a', want: { ...want, disabled: true }, have }),
    planOf({ action: 'Update', id: 'a', want, have: { ...have, labels: { team: 'web' } } }),
    planOf({ action: 'Update', id: 'a', want, have, since: '2026-11-27T10:00:00Z' }),
    planOf({ action: 'Create', want }),
    planOf({ action: 'Create', want, since: 'a' }),
    planOf({ action: 'Delete', id: 'a', have }),
  ];
  expect(new Set(plans.map(({ hash }) => hash)).size).toBe(plans.length);
  expect(planOf({ action: 'Update', id: 'a', want, have }).hash).toBe(plans[0]?.hash);
});

it('says nothing of what may differ, and has no diff where nothing is done', () => {
  expect(planOf({ action: 'Update', id: 'a', want, have, ignore: ['/alert'] }).diff).toBeUndefined();
  expect(planOf({ action: 'None', id: 'a', want, have: want }).diff).toBeUndefined();
});
