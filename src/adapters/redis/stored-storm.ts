import { z } from 'zod';
import { SEVERITIES } from '../../domain/alerts/alert.ts';
import type { SentCard } from '../../domain/ports/cards.ts';
import type { Storm, StormSum } from '../../domain/ports/storms.ts';
import { parsed } from './schema.ts';

const StoredCard = z
  .object({ messageId: z.int(), chatId: z.string(), threadId: z.int().optional() })
  .transform(({ threadId, ...card }): SentCard => ({ ...card, ...(threadId !== undefined && { threadId }) }));

const Joined = z.union([z.tuple([]), z.tuple([z.string(), z.coerce.number(), z.coerce.number(), z.string().nullable()])]);

/** Id, place, how many are shown and the card; undefined where there is nothing: then it is over. */
export function stormFrom(answer: unknown): Storm | undefined {
  const [id, place, shown, card] = Joined.parse(answer);
  if (id === undefined || place === undefined || shown === undefined) return undefined;
  return { id, place, shown, ...cardFrom(card) };
}

const Flat = z.array(z.union([z.string(), z.number()]).transform(String));

/** What a storm counts from its fields, name after value as HGETALL gives them; undefined where there are none: then it is over. */
export function stormSumFrom(answer: unknown): StormSum | undefined {
  const flat = Flat.parse(answer);
  if (flat.length === 0) return undefined;
  const fields = new Map(flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? ''] as const] : [])));
  const number = (name: string): number => Number(fields.get(name) ?? 0);
  const names = [...fields.keys()].filter(name => name.startsWith('n:'));
  return {
    counts: {
      total: number('total'),
      bySeverity: Object.fromEntries(SEVERITIES.flatMap(each => (fields.has(`s:${each}`) ? [[each, number(`s:${each}`)]] : []))),
      byName: new Map(names.map(name => [name.slice(2), number(name)])),
    },
    ...cardFrom(fields.get('card')),
  };
}

function cardFrom(text: string | null | undefined): { card?: SentCard } {
  return text === null || text === undefined ? {} : { card: parsed('give a card that we wrote', StoredCard, text) };
}
