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
    /** What kept the last card from a chat that is set up, as far as this replica has tried. */
    readonly deliveryError?: () => string | undefined;
    /** Groups that have become supergroups and are set up by their old id. */
    readonly movedChats?: () => readonly { readonly from: string; readonly to: string }[];
  };
}

const ASK_WITHIN_MS = 8_000;

const Status = z.object({
  connected: z.boolean(),
  username: z.string().nullable(),
  mode: z.enum(['polling', 'webhook', 'off']).describe('How presses of buttons come in.'),
  last_error: z.string().nullable().describe('What keeps the bot from Telegram, or kept the last card from a chat.'),
  updates_error: z.string().nullable().describe('What keeps presses of buttons from coming in.'),
  moved_chats: z
    .array(z.object({ from: z.string(), to: z.string() }))
    .describe('Groups that have become supergroups: cards follow them, but the settings should name the new id.'),
});

/**
 * `GET /api/v1/telegram/status`: 200 also where it is not connected; `connected` says so, of the token alone. Of cards each replica tells
 * its own.
 */
export const telegramStatusRoutes: FastifyPluginAsyncZod<TelegramStatusDeps> = async (app, { telegramStatus }) => {
  const { cards, mode, updatesError, deliveryError, movedChats } = telegramStatus;
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
      return {
        ...status,
        mode,
        last_error: lastError ?? deliveryError?.() ?? null,
        updates_error: updatesError?.() ?? null,
        moved_chats: [...(movedChats?.() ?? [])],
      };
    },
  );
};
