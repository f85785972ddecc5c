import { KubeError, type WatchEvent } from './client.ts';
import { isRecord } from './object.ts';

/** Decodes a watch's body: one JSON event a line, wherever the chunks were cut. A line left unfinished or unreadable is a KubeError. */
export async function* watchEvents(body: AsyncIterable<Uint8Array>, what: string): AsyncGenerator<WatchEvent, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.trim() !== '') yield eventOf(line, what);
    }
  }
  rest += decoder.decode();
  if (rest.trim() !== '') throw new KubeError(`${what} ended in the middle of an event`, { reason: 'Truncated' });
}

function eventOf(line: string, what: string): WatchEvent {
  let told: unknown;
  try {
    told = JSON.parse(line);
  } catch (err) {
    throw new KubeError(`${what} carried a line that is not JSON`, { reason: 'Malformed', cause: err });
  }
  if (!isRecord(told) || !isEventType(told['type']))
    throw new KubeError(`${what} carried something that is no event`, { reason: 'Malformed' });
  return { type: told['type'], object: told['object'] };
}

function isEventType(value: unknown): value is WatchEvent['type'] {
  return value === 'ADDED' || value === 'MODIFIED' || value === 'DELETED' || value === 'BOOKMARK' || value === 'ERROR';
}
