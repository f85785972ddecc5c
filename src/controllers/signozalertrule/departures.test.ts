import { once } from 'node:events';
import { beforeEach, expect, it } from 'vitest';
import { PortError } from '../../domain/ports/port-error.ts';
import { Departures } from './departures.ts';

const { signal } = new AbortController();
const URL_OF_IT = 'http://old.example';
const SILENCE = new PortError('unreachable', 'no answer');

let nowMs: number;
let departures: Departures;
beforeEach(() => {
  nowMs = 0;
  departures = new Departures(() => nowMs);
});

const ask = (work: () => Promise<string> = async () => 'gone', url = URL_OF_IT) => departures.ask(url, signal, work);

it('lets a few ask at once, and others again when they are done', async () => {
  const answer = Promise.withResolvers<string>();
  const asking = Array.from({ length: 4 }, () => ask(() => answer.promise));
  expect([await ask(), await ask(undefined, 'http://another.example')]).toEqual([undefined, 'gone']);
  answer.resolve('gone');
  expect([await Promise.all(asking), await ask()]).toEqual([['gone', 'gone', 'gone', 'gone'], 'gone']);
});

it('has nobody ask for a while after it did not answer', async () => {
  await expect(ask(() => Promise.reject(SILENCE))).rejects.toBe(SILENCE);
  await expect(ask()).rejects.toBe(SILENCE);
  expect(await ask(undefined, 'http://another.example')).toBe('gone');
  nowMs += 5_000;
  expect(await ask()).toBe('gone');
});

it('takes a refusal of one for none of all', async () => {
  const refusal = new PortError('forbidden', 'may not');
  await expect(ask(() => Promise.reject(refusal))).rejects.toBe(refusal);
  expect(await ask()).toBe('gone');
});

it('hands over the end of the turn', async () => {
  const turn = new AbortController();
  const asked = departures.ask(URL_OF_IT, turn.signal, async given => {
    turn.abort(new Error('over'));
    return given.throwIfAborted();
  });
  await expect(asked).rejects.toThrow('over');
  expect(await ask()).toBe('gone');
});

it('takes one that hangs for one that does not answer', async () => {
  const hangs = departures.ask(URL_OF_IT, signal, async given => {
    await once(given, 'abort');
    return given.throwIfAborted();
  });
  await expect(hangs).rejects.toMatchObject({ fault: 'unavailable', message: 'It did not answer in 10 s' });
  await expect(ask()).rejects.toMatchObject({ fault: 'unavailable' });
});
