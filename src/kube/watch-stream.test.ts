import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { WatchEvent } from './client.ts';
import { watchEvents } from './watch-stream.ts';

async function* chunks(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const cut of [...cuts, bytes.length].toSorted((a, b) => a - b)) {
    yield bytes.subarray(from, cut);
    from = cut;
  }
}

async function decoded(text: string, cuts: readonly number[] = []): Promise<WatchEvent[]> {
  const bytes = new TextEncoder().encode(text);
  const events: WatchEvent[] = [];
  for await (const event of watchEvents(
    chunks(
      bytes,
      cuts.map(cut => cut % (bytes.length + 1)),
    ),
    'WATCH /test',
  ))
    events.push(event);
  return events;
}

const anyEvent = fc.record({
  type: fc.constantFrom('ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR'),
  object: fc.record({ text: fc.string({ unit: 'grapheme' }) }),
});

it('gives the same events wherever the bytes were cut', async () => {
  const outcome = await fc.check(
    fc.asyncProperty(fc.array(anyEvent), fc.array(fc.nat(10_000)), async (events, cuts) => {
      const text = events.map(event => `${JSON.stringify(event)}\n`).join('');
      return JSON.stringify(await decoded(text, cuts)) === JSON.stringify(events);
    }),
  );
  expect(outcome.counterexample).toBeNull();
});

it.each([
  ['a line without its end', '{"type":"ADDED","obj', 'Truncated'],
  ['a whole event but for the line break', '{"type":"ADDED","object":{}}', 'Truncated'],
  ['something that is not JSON', '<html>\n', 'Malformed'],
  ['JSON that is no event', '{"kind":"List"}\n', 'Malformed'],
  ['an unknown type of event', '{"type":"EXPLODED","object":{}}\n', 'Malformed'],
])('refuses %s', async (_, text, reason) => {
  await expect(decoded(text)).rejects.toMatchObject({ name: 'KubeError', reason });
});

it('passes over empty lines', async () => {
  expect(await decoded('\n{"type":"BOOKMARK","object":{}}\n\n')).toEqual([{ type: 'BOOKMARK', object: {} }]);
});
