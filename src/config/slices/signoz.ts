import { z } from 'zod';
import { credential } from '../credential.ts';
import { wrongTogether } from '../problems.ts';
import { HttpUrl, Namespaces } from '../shapes.ts';
import { variable } from '../variable.ts';
import { HTTP_URL, NAMESPACES } from './wording.ts';

/** The default connection to SigNoz. */
export const Signoz = z
  .object({
    url: variable(
      { env: 'SIGNOZ_URL', description: 'Default SigNoz, for objects that name no Secret.', expects: HTTP_URL },
      HttpUrl.optional(),
    ),
    apiKey: variable(
      { env: 'SIGNOZ_API_KEY', secret: true, description: 'API key of the default SigNoz.', expects: 'an API key without blanks' },
      credential(z.string().regex(/^\S+$/, { error: 'it is empty or holds a blank' })).optional(),
    ),
    namespaces: variable(
      {
        env: 'AWOOOI_DEFAULT_NAMESPACES',
        default: '',
        description: 'Namespaces that may use the default SigNoz. Empty: none.',
        expects: NAMESPACES,
      },
      Namespaces,
    ),
  })
  .superRefine(({ url, apiKey }, ctx) => {
    if (url !== undefined && apiKey === undefined) wrongTogether(ctx, 'apiKey', 'must be set together with SIGNOZ_URL');
    if (url === undefined && apiKey !== undefined) wrongTogether(ctx, 'url', 'must be set together with SIGNOZ_API_KEY');
  });
