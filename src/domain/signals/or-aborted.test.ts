import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { orAborted } from './or-aborted.ts';

const never = new Promise<never>(() => {});

it('comes to what the promise comes to', async () => {
  const { signal } = new AbortController();
  await expect(orAborted(signal, Promise.resolve(7))).resolves.toBe(7);
  await expect(orAborted(signal, Promise.reject(new Error('broken')))).rejects.toThrow('broken');
});

it('gives up with the reason of the signal, all who wait on it at once', async () => {
  const controller = new AbortController();
  const waits = [orAborted(controller.signal, never), orAborted(controller.signal, never)];
  controller.abort(new Error('too late'));
  for (const wait of waits) await expect(wait).rejects.toThrow('too late');
});

it('does not wait on a signal that has aborted before', async () => {
  await expect(orAborted(AbortSignal.abort(new Error('over')), never)).rejects.toThrow('over');
});

it('puts one listener on a signal however many wait, and none once they have ended', async () => {
  const { signal } = new AbortController();
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  const waits = [orAborted(signal, first.promise), orAborted(signal, second.promise), orAborted(signal, first.promise)];
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  first.resolve();
  await Promise.all([waits[0], waits[2]]);
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  second.reject(new Error('broken'));
  await expect(waits[1]).rejects.toThrow('broken');
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

it('gives up also where the others on the signal have ended in between', async () => {
  const controller = new AbortController();
  await orAborted(controller.signal, Promise.resolve());
  const wait = orAborted(controller.signal, never);
  controller.abort(new Error('too late'));
  await expect(wait).rejects.toThrow('too late');
});
