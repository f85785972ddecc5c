import { z } from 'zod';
import { credential } from '../credential.ts';
import { HttpUrls } from '../shapes.ts';
import { variable } from '../variable.ts';

/** The Alertmanagers that send to us. */
export const Alertmanagers = z.object({
  urls: variable(
    {
      env: 'AWOOOI_ALERTMANAGER_URLS',
      default: '',
      description:
        'Alertmanagers that send to us: asked for what fires at the start and after an outage, and once a silence has ended. A silence is made once, at the first of them that has the alert: those of one cluster tell each other. Empty: none of that.',
      expects: 'http:// or https:// URLs without credentials, separated by commas',
    },
    HttpUrls,
  ),
  authorization: variable(
    {
      env: 'AWOOOI_ALERTMANAGER_AUTHORIZATION',
      secret: true,
      description: 'What they are shown as Authorization header.',
      expects: 'a header value such as `Bearer …`',
    },
    credential(z.string().regex(/^\S+ \S+$/, { error: 'it is no scheme with a credential behind it' })).optional(),
  ),
  receiver: variable(
    {
      env: 'AWOOOI_ALERTMANAGER_RECEIVER',
      default: 'awoooi',
      description: 'Receiver that posts to us: only what goes to it is caught up.',
      expects: 'the name of a receiver',
    },
    z.string().min(1),
  ),
});
