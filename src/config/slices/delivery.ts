import { z } from 'zod';
import { credential } from '../credential.ts';
import { wrongTogether } from '../problems.ts';
import { HttpUrl, LongMilliseconds } from '../shapes.ts';
import { variable } from '../variable.ts';
import { DURATION } from './wording.ts';

/** How long is tried to tell of an incident, and the webhook for chats that we do not know. */
export const Delivery = z
  .object({
    giveUpAfterMs: variable(
      {
        env: 'AWOOOI_DELIVERY_GIVE_UP_AFTER',
        default: '72h',
        description: 'What could not be delivered for so long becomes a dead letter (`awoooi deliveries list`).',
        expects: DURATION,
      },
      LongMilliseconds,
    ),
    webhookUrl: variable(
      {
        env: 'AWOOOI_OUTGOING_WEBHOOK_URL',
        secret: true,
        description: 'Gets every incident, and each change of it, as JSON.',
        expects: 'an http:// or https:// URL',
      },
      credential(HttpUrl).optional(),
    ),
    webhookSecret: variable(
      {
        env: 'AWOOOI_OUTGOING_WEBHOOK_SECRET',
        secret: true,
        description: 'Signs it: X-Awoooi-Signature is the HMAC-SHA256 of the time and the body (docs/webhook.md).',
        expects: 'a secret of at least 8 characters without blanks',
      },
      credential(z.string().regex(/^\S{8,}$/, { error: 'it is shorter than 8 characters or holds a blank' })).optional(),
    ),
  })
  .superRefine(({ webhookUrl, webhookSecret }, ctx) => {
    if (webhookUrl !== undefined && webhookSecret === undefined) {
      wrongTogether(ctx, 'webhookSecret', 'must be set together with AWOOOI_OUTGOING_WEBHOOK_URL');
    }
  });
