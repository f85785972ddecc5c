import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Cards } from '../../domain/ports/cards.ts';
import { REFUSALS } from './schema.ts';

export interface TelegramStatusDeps {
  readonly telegramStatus: {
    /** Absent where no bot is set up. */
    readonly cards?: Pick<Cards, 'status'>;
    readonly mode: 'polling' | 'webhook' | 'off';
    /** What keeps presses of buttons from coming in, as far as this replica knows. */
    readonly updatesError?: () => string | undefined;
  };
}

const ASK_WITHIN_MS = 8_000;

const Status = z.object({
  connected: z.boolean(),
  username: z.string().nullable(),
  mode: z.enum(['polling', 'webhook', 'off']).describe('How presses of buttons come in.'),
  last_error: z.string().nullable(),
  updates_error: z.string().nullable().describe('What keeps presses of buttons from coming in.'),
});

/** `GET /api/v1/telegram/status`: 200 also where it is not connected; `connected` says so. */
export const telegramStatusRoutes: FastifyPluginAsyncZod<TelegramStatusDeps> = async (app, { telegramStatus }) => {
  const { cards, mode, updatesError } = telegramStatus;
  app.get(
    '/api/v1/telegram/status',
    {
      schema: {
        summary: 'Whether the bot is connected to Telegram',
        tags: ['telegram'],
        security: [{ bearer: [] }],
        response: { 200: Status, ...REFUSALS },
      },
    },
    async () => {
      const none = { connected: false, username: null, lastError: 'no bot is set up: see TG_BOT_TOKEN and TG_CHAT_ID' };
      const { lastError, ...status } = cards ? await cards.status(AbortSignal.timeout(ASK_WITHIN_MS)) : none;
      return { ...status, mode, last_error: lastError, updates_error: updatesError?.() ?? null };
    },
  );
};
