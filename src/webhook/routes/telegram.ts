import type { FastifyInstance, FastifyRequest } from 'fastify';
import { pressIn } from '../../domain/cards/press-in-update.ts';
import type { Press } from '../../domain/ports/cards.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import { parsedJson } from '../../domain/text/json.ts';
import type { IntakeMetrics } from '../../telemetry/intake-metrics.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { sameSecret } from '../auth/credentials.ts';
import { admissionOf, keepAdmission } from '../auth/sender.ts';
import { takeAnyContentType } from '../bodies.ts';
import { errorBody, rawBody } from '../refuse.ts';

export interface TelegramRoutesDeps {
  readonly telegram: {
    /** What Telegram may show; all of them are valid at once. Asked at every request. */
    readonly secrets: () => readonly string[];
    /** Ends within half a minute. Rejects with a PortError where the press is to come again. */
    readonly pressed: (press: Press) => Promise<void>;
  };
  readonly metrics: Pick<IntakeMetrics, 'route'>;
  readonly logger: Logger;
}

const PATH = '/api/v1/webhooks/telegram';
const HEADER = 'x-telegram-bot-api-secret-token';
/** An update holds one message, of at most 4,096 characters. */
const MOST_BYTES = 256 * 1024;

const RETRY_AFTER_SECONDS = 5;
const AGAIN = 'the press could not be handled just now; send it again';

/**
 * `POST /api/v1/webhooks/telegram`: presses of buttons. Telegram sends again, for a day, what is not answered 2xx: so a press is answered 200 once it is
 * handled and 503 where it is to come again, and whatever is no press 200 at once.
 */
export async function telegramRoutes(app: FastifyInstance, { telegram, metrics, logger }: TelegramRoutesDeps): Promise<void> {
  metrics.route('POST', PATH, [200, 401, 413, 500, 503]);
  app.route({
    method: 'POST',
    url: PATH,
    schema: { summary: 'Presses of buttons in Telegram', tags: ['telegram'] },
    onRequest: async request => {
      keepAdmission(request, admitted(request, telegram.secrets()));
      takeAnyContentType(request);
    },
    handler: async (request, reply) => {
      const admission = admissionOf(request);
      if (admission.is === 'refused') return reply.code(401).send(errorBody({ status: 401, reason: admission.reason }));
      if (rawBody(request).length > MOST_BYTES) return reply.code(413).send(errorBody({ status: 413, reason: 'no update is as large' }));
      const press = pressIn(parsedJson(rawBody(request).toString('utf8')));
      if (press) await telegram.pressed(press);
      return { ok: true };
    },
    errorHandler: (err, _, reply): void => {
      if (err instanceof PortError) {
        void reply
          .code(503)
          .header('retry-after', RETRY_AFTER_SECONDS)
          .send(errorBody({ status: 503, reason: AGAIN }));
        return;
      }
      const status = err.statusCode ?? 500;
      if (status >= 500) logger.warn({ err }, 'an update of Telegram could not be handled');
      void reply.code(status).send(errorBody({ status, reason: 'the update could not be handled' }));
    },
  });
}

/** Without a secret nobody may send: anybody could press buttons in another's name. */
function admitted({ headers }: FastifyRequest, secrets: readonly string[]): ReturnType<typeof admissionOf> {
  const header = headers[HEADER];
  const given = typeof header === 'string' ? header : '';
  const matches = secrets.map(secret => sameSecret(given, secret));
  if (matches.includes(true)) return { is: 'admitted' };
  return { is: 'refused', reason: `the secret in ${HEADER} is not one of TG_WEBHOOK_SECRETS` };
}
