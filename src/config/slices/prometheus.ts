import { z } from 'zod';
import { credential } from '../credential.ts';
import { wrongTogether } from '../problems.ts';
import { HttpUrl } from '../shapes.ts';
import { variable } from '../variable.ts';
import { HTTP_URL } from './wording.ts';

/** The Prometheus whose alerts come by Alertmanager. */
export const Prometheus = z
  .object({
    url: variable(
      {
        env: 'AWOOOI_PROMETHEUS_URL',
        description:
          "The Prometheus that evaluates the alerts of Alertmanager, or what lists the rules of all of them (`/api/v1/rules`). It is asked how long an alert has to hold and how often it is evaluated, before its silence counts for a repair; while it does not answer, runs wait. Empty: verify.alertFor of each playbook has to be the alert's `for`.",
        expects: HTTP_URL,
      },
      HttpUrl.optional(),
    ),
    authorization: variable(
      {
        env: 'AWOOOI_PROMETHEUS_AUTHORIZATION',
        secret: true,
        description: 'What it is shown as Authorization header.',
        expects: 'a header value such as `Bearer …`',
      },
      credential(z.string().regex(/^\S+ \S+$/, { error: 'it is no scheme with a credential behind it' })).optional(),
    ),
  })
  .superRefine(({ url, authorization }, ctx) => {
    if (url === undefined && authorization !== undefined) {
      wrongTogether(ctx, 'url', 'must be set together with AWOOOI_PROMETHEUS_AUTHORIZATION');
    }
  });
