import { z } from 'zod';
import { credential } from '../credential.ts';
import { wrongTogether } from '../problems.ts';
import { HttpUrl, LongMilliseconds, wholeNumber } from '../shapes.ts';
import { variable } from '../variable.ts';
import { DURATION, HTTP_URL } from './wording.ts';

/** The model that is asked about incidents. */
export const Analyser = z
  .object({
    url: variable(
      {
        env: 'AWOOOI_ANALYSER_URL',
        description: 'OpenAI-compatible endpoint, up to and with /v1. Empty: no model is asked, and rules say what they can.',
        expects: HTTP_URL,
      },
      HttpUrl.optional(),
    ),
    model: variable(
      { env: 'AWOOOI_ANALYSER_MODEL', description: 'Model that is asked.', expects: 'the name of a model' },
      z.string().max(200).optional(),
    ),
    name: variable(
      {
        env: 'AWOOOI_ANALYSER_NAME',
        description: 'How the analyst is called in cards and comments. Default: the name of the model.',
        expects: 'a name of at most 100 characters',
      },
      z.string().max(100).optional(),
    ),
    apiKey: variable(
      { env: 'AWOOOI_ANALYSER_API_KEY', secret: true, description: 'API key of that endpoint.', expects: 'an API key without blanks' },
      credential(z.string().regex(/^\S+$/, { error: 'it is empty or holds a blank' })).optional(),
    ),
    timeoutMs: variable(
      { env: 'AWOOOI_ANALYSER_TIMEOUT', default: '60s', description: 'How long one question may take.', expects: DURATION },
      LongMilliseconds,
    ),
    perHour: variable(
      {
        env: 'AWOOOI_ANALYSER_QUESTIONS_PER_HOUR',
        default: '60',
        description: 'How many questions all replicas together ask in an hour; beyond it rules say what they can.',
        expects: 'a whole number from 1 to 100000',
      },
      wholeNumber(1, 100_000),
    ),
  })
  .superRefine(({ url, model }, ctx) => {
    if (url !== undefined && model === undefined) wrongTogether(ctx, 'model', 'must be set together with AWOOOI_ANALYSER_URL');
  });
