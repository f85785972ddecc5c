import { expect, it } from 'vitest';
import { knownClasses } from './known-classes.ts';

const SLOW = { name: 'Slow', labels: { deployment: 'api' } };

/** Anomalies whose incidents may come later, and how often each was asked for. */
function asked(incidents: Map<string, typeof SLOW>) {
  const keys: string[] = [];
  const clock = { at: 0 };
  const classOf = knownClasses(
    () => clock.at,
    async key => {
      keys.push(key);
      return incidents.get(key);
    },
  );
  return { keys, clock, classOf };
}

it('asks once for an anomaly that has an incident, and once for all who ask meanwhile', async () => {
  const { keys, clock, classOf } = asked(new Map([['a', SLOW]]));
  expect(await Promise.all([classOf('a'), classOf('a')])).toEqual(['Slow/Deployment', 'Slow/Deployment']);
  clock.at = 1e9;
  expect(await classOf('a')).toBe('Slow/Deployment');
  expect(keys).toEqual(['a']);
});

it('remembers for ten seconds that there is no incident', async () => {
  const incidents = new Map<string, typeof SLOW>();
  const { keys, clock, classOf } = asked(incidents);
  expect(await classOf('a')).toBeUndefined();
  incidents.set('a', SLOW);
  clock.at = 9_999;
  expect(await classOf('a')).toBeUndefined();
  expect(keys).toEqual(['a']);
  clock.at = 10_000;
  expect(await classOf('a')).toBe('Slow/Deployment');
  expect(keys).toEqual(['a', 'a']);
});

it('knows 10,000 anomalies, absent or not: the one that was asked for first makes room', async () => {
  const { keys, classOf } = asked(new Map([['a-1', SLOW]]));
  for (let n = 0; n <= 10_000; n += 1) await classOf(`a-${n}`);
  const before = keys.length;
  await classOf('a-1');
  expect(keys.length).toBe(before);
  await classOf('a-0');
  expect(keys.length).toBe(before + 1);
});

it('keeps no failure', async () => {
  let tries = 0;
  const classOf = knownClasses(
    () => 0,
    async () => {
      tries += 1;
      if (tries === 1) throw new Error('away');
      return SLOW;
    },
  );
  await expect(classOf('a')).rejects.toThrow('away');
  expect(await classOf('a')).toBe('Slow/Deployment');
});
