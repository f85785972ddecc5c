import { expect, it } from 'vitest';
import { PortError } from '../domain/ports/port-error.ts';
import { logger } from '../telemetry/logger.ts';
import { complaint } from './complaint.ts';

function listened() {
  const lines: unknown[] = [];
  const log = logger({ level: 'info', destination: { write: line => void lines.push(JSON.parse(line)) } });
  return { lines, complain: complaint(log, 'catching up') };
}

const away = (): PortError => new PortError('unavailable', 'Redis is away', { cause: new Error('connect') });

it('says once that something fails, again where it fails for another reason, and when it is over', () => {
  const { lines, complain } = listened();
  complain.succeeded();
  for (let n = 0; n < 5; n += 1) complain.failed(away());
  complain.failed(new PortError('unauthorized', 'NOAUTH'));
  complain.succeeded();
  complain.succeeded();
  complain.failed(away());
  expect(lines).toMatchObject([
    { level: 'warn', what: 'catching up', fault: 'unavailable', problem: 'Redis is away' },
    { level: 'warn', fault: 'unauthorized', problem: 'NOAUTH' },
    { level: 'info', what: 'catching up' },
    { level: 'warn', fault: 'unavailable' },
  ]);
});

it('tells where it broke only of what no port expects', () => {
  const { lines, complain } = listened();
  complain.failed(away());
  expect(JSON.stringify(lines)).not.toContain('stack');
  complain.failed(new TypeError('x is undefined'));
  expect(lines.at(-1)).toMatchObject({ err: { type: 'TypeError', stack: expect.stringContaining('complaint.test.ts') } });
});
