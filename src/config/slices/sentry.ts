import { z } from 'zod';
import { credential } from '../credential.ts';
import { HttpUrl, LongMilliseconds, Secrets, Tokens } from '../shapes.ts';
import { variable } from '../variable.ts';
import { DURATION, HTTP_URL } from './wording.ts';

/** What comes from Sentry, and what is written back. */
export const Sentry = z.object({
  apiUrl: variable(
    { env: 'SENTRY_API_URL', default: 'https://sentry.io', description: 'Sentry, for comments and catching up.', expects: HTTP_URL },
    HttpUrl,
  ),
  apiToken: variable(
    {
      env: 'SENTRY_API_TOKEN',
      secret: true,
      description: 'Token of an internal integration with Issue & Event: Read & Write. Without it nothing is written to Sentry.',
      expects: 'a token without blanks',
    },
    credential(z.string().regex(/^\S+$/, { error: 'it is empty or holds a blank' })).optional(),
  ),
  org: variable(
    {
      env: 'SENTRY_ORG',
      description: 'Organization whose issues they are. Default: what the payload says. Catching up after an outage needs it.',
      expects: 'the slug of an organization',
    },
    z
      .string()
      .regex(/^[A-Za-z0-9][\w-]{0,99}$/)
      .optional(),
  ),
  clientSecrets: variable(
    {
      env: 'SENTRY_CLIENT_SECRETS',
      default: '',
      secret: true,
      description: 'Client secrets with which Sentry signs its webhooks; all of them are valid at once.',
      expects: 'secrets of at least 8 characters without blanks, separated by commas or line ends',
    },
    credential(Secrets),
  ),
  urlTokens: variable(
    {
      env: 'SENTRY_URL_TOKENS',
      default: '',
      secret: true,
      description: 'For the legacy WebHooks plugin, which signs nothing: what its URL must end in, `?token=…`.',
      expects: 'tokens of at least 8 characters without blanks, separated by commas or line ends',
    },
    credential(Tokens),
  ),
  replayWindowMs: variable(
    {
      env: 'SENTRY_REPLAY_WINDOW',
      default: '5m',
      description: 'How far the time in a signed webhook may lie from ours, either way.',
      expects: DURATION,
    },
    LongMilliseconds,
  ),
});
