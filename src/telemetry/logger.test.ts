import { expect, it } from 'vitest';
import { logger } from './logger.ts';

function recorded(level: 'info' | 'warn' = 'info') {
  const lines: string[] = [];
  const log = logger({ level, fields: { version: '1.2.3' }, destination: { write: line => void lines.push(line) } });
  return { log, lines, last: (): unknown => JSON.parse(lines.at(-1) ?? '{}') };
}

it('writes one JSON object a line, with the level as a word and the fields of its parents', () => {
  const { log, last } = recorded();
  log.child({ controller: 'alertchainprobe' }).warn({ probe: 'a/b' }, 'the run was cut off');
  expect(last()).toMatchObject({
    level: 'warn',
    version: '1.2.3',
    controller: 'alertchainprobe',
    probe: 'a/b',
    msg: 'the run was cut off',
  });
  expect(last()).toHaveProperty('time', expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/));
});

it('leaves out what is below its level', () => {
  const { log, lines } = recorded('warn');
  log.info({}, 'quiet');
  log.debug({}, 'quieter');
  expect(lines).toEqual([]);
});

it('masks secrets at any depth, in errors too, and stays JSON', () => {
  const { log, lines, last } = recorded();
  const err = new Error('connect redis://me:hunter22@redis failed', { cause: new Error('Bearer hunter22-token') });
  log.error({ err, request: { headers: { authorization: 'Bearer hunter22', deep: { password: 'hunter22 "x' } } } }, 'it failed');
  expect(lines.join('')).not.toContain('hunter22');
  expect(last()).toMatchObject({ err: { type: 'Error' }, request: { headers: { authorization: '***', deep: { password: '***' } } } });
});

it('shows of an error what it says, its code and its causes, and nothing that a library hung on it', () => {
  const { log, lines, last } = recorded();
  const cause = Object.assign(new Error('WRONGPASS'), { code: 'ERR', command: { name: 'hello', args: ['3', 'AUTH', 'me', 'hunter22'] } });
  log.warn({ err: new AggregateError([cause], 'refused', { cause }) }, 'redis connection failed');
  expect(lines.join('')).not.toContain('hunter22');
  const shown = { type: 'Error', message: 'WRONGPASS', code: 'ERR', stack: expect.stringContaining('logger.test.ts') };
  expect(last()).toMatchObject({ err: { type: 'AggregateError', message: 'refused', cause: shown, errors: [shown] } });
});

it('ends where an error is its own cause', () => {
  const { log, last } = recorded();
  const err = new Error('round');
  err.cause = err;
  log.warn({ err }, 'it failed');
  expect(last()).toMatchObject({ err: { message: 'round' }, msg: 'it failed' });
});
