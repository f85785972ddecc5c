import { z } from 'zod';
import { credential } from '../credential.ts';
import { wrongTogether } from '../problems.ts';
import { NamedTokens, Tokens, UserPasswords, YesNo } from '../shapes.ts';
import { variable } from '../variable.ts';

/** Who may send alerts and use the API. */
export const Auth = z
  .object({
    webhookTokens: variable(
      {
        env: 'AWOOOI_WEBHOOK_TOKENS',
        default: '',
        secret: true,
        description: 'Bearer tokens of Alertmanager and SigNoz; all of them are valid at once, so that one can replace another.',
        expects: 'tokens of at least 8 characters without blanks, separated by commas or line ends',
      },
      credential(Tokens),
    ),
    webhookBasic: variable(
      {
        env: 'AWOOOI_WEBHOOK_BASIC',
        default: '',
        secret: true,
        description: 'User names and passwords of Alertmanager and SigNoz.',
        expects: 'user:password entries with passwords of at least 8 characters, separated by commas or line ends',
      },
      credential(UserPasswords),
    ),
    signozTokens: variable(
      {
        env: 'AWOOOI_SIGNOZ_TOKENS',
        default: '',
        secret: true,
        description:
          'Bearer tokens of SigNoz alone. With these or AWOOOI_SIGNOZ_BASIC the shared ones of Alertmanager no longer count for it.',
        expects: 'tokens of at least 8 characters without blanks, separated by commas or line ends',
      },
      credential(Tokens),
    ),
    signozBasic: variable(
      {
        env: 'AWOOOI_SIGNOZ_BASIC',
        default: '',
        secret: true,
        description: 'User names and passwords of SigNoz alone.',
        expects: 'user:password entries with passwords of at least 8 characters, separated by commas or line ends',
      },
      credential(UserPasswords),
    ),
    apiTokens: variable(
      {
        env: 'AWOOOI_API_TOKENS',
        default: '',
        secret: true,
        description:
          'Named bearer tokens of the API. Kubernetes tokens are accepted besides, where RBAC lets their owner use the nonResourceURL `/awoooi.io/api/v1/…`.',
        expects: 'name:token entries with tokens of at least 8 characters, separated by commas or line ends',
      },
      credential(NamedTokens),
    ),
    allowUnauthenticated: variable(
      {
        env: 'AWOOOI_ALLOW_UNAUTHENTICATED',
        default: 'false',
        description:
          'true takes alerts of a sender from anybody while no credential of that sender is set, and lets anybody use the API (read, acknowledge and resolve incidents, retry deliveries, start drills) while AWOOOI_API_TOKENS is not set.',
        expects: 'true or false',
      },
      YesNo,
    ),
  })
  .superRefine(({ webhookTokens, webhookBasic, signozTokens, signozBasic, allowUnauthenticated }, ctx) => {
    const isGuarded = [webhookTokens, webhookBasic, signozTokens, signozBasic].some(each => each.current().length > 0);
    if (allowUnauthenticated || isGuarded) return;
    const message =
      'is not set, and neither is AWOOOI_WEBHOOK_BASIC: set one of them, or AWOOOI_ALLOW_UNAUTHENTICATED=true to take alerts from anybody, which opens the API as well where AWOOOI_API_TOKENS is not set';
    wrongTogether(ctx, 'webhookTokens', message);
  });
