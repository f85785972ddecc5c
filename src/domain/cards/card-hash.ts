import { createHash } from 'node:crypto';
import type { Card } from '../ports/cards.ts';

/** Tells whether a card that was sent still says what it should. */
export function cardHash({ html, buttons }: Card): string {
  return createHash('sha256')
    .update(JSON.stringify([html, buttons]))
    .digest('base64url')
    .slice(0, 16);
}
