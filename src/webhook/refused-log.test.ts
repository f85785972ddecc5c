import { expect, it } from 'vitest';
import { PortError } from '../domain/ports/port-error.ts';
import { refusedLog } from './refused-log.ts';

it('says at once that a request was refused, and of many more how many there were', () => {
  const said: object[] = [];
  let at = 0;
  const refused = refusedLog({ warn: fields => void said.push(fields) }, () => at);
  const away = new PortError('unavailable', 'Redis is away', { cause: new Error('secret of its own') });
  refused(away);
  for (at = 1; at < 9_999; at += 1) refused(away);
  at = 10_000;
  refused(away);
  expect(said).toEqual([1, 9_999].map(requests => ({ fault: 'unavailable', problem: 'Redis is away', requests })));
});

it('does not count those of an earlier outage', () => {
  const said: number[] = [];
  let at = 0;
  const refused = refusedLog({ warn: fields => void said.push(Number(Object(fields).requests)) }, () => at);
  const away = new PortError('unavailable', 'Redis is away');
  for (at = 0; at < 500; at += 1) refused(away);
  at = 3_600_000;
  refused(away);
  expect(said).toEqual([1, 1]);
});
