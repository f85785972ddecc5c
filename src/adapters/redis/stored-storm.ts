import { z } from 'zod';
import { SEVERITIES } from '../../domain/alerts/alert.ts';
import type { SentCard } from '../../domain/ports/cards.ts';
import type { Storm } from '../../domain/ports/storms.ts';
import { parsed } from './schema.ts';

const StoredCard = z
  .object({ messageId: z.int(), chatId: z.string(), threadId: z.int().optional() })
  .transform(({ threadId, ...card }): SentCard => ({ ...card, ...(threadId !== undefined && { threadId }) }));

const Flat = z.array(z.union([z.string(), z.number()]).transform(String));

/** A storm from its fields, name after value as HGETALL gives them; undefined where there are none: then it is over. */
export function stormFrom(answer: unknown): Storm | undefined {
  const flat = Flat.parse(answer);
  if (flat.length === 0) return undefined;
  const fields = new Map(flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? ''] as const] : [])));
  const number = (name: string): number => Number(fields.get(name) ?? 0);
  const names = [...fields.keys()].filter(name => name.startsWith('n:'));
  const card = fields.get('card');
  return {
    id: fields.get('id') ?? '',
    counts: {
      total: number('total'),
      bySeverity: Object.fromEntries(SEVERITIES.flatMap(each => (fields.has(`s:${each}`) ? [[each, number(`s:${each}`)]] : []))),
      byName: new Map(names.map(name => [name.slice(2), number(name)])),
    },
    place: number('place'),
    shown: number('shown'),
    ...(card !== undefined && { card: parsed('give a card that we wrote', StoredCard, card) }),
  };
}
