import { z } from 'zod';
import { type OwnBotOptions, ownBot } from './own-bot.ts';

export interface RegisterOptions extends OwnBotOptions {
  /** Where Telegram reaches our webhook: https, at port 443, 80, 88 or 8443. */
  readonly url: string;
  readonly secret: string;
}

const Info = z.object({ url: z.string(), allowed_updates: z.array(z.string()).optional(), last_error_message: z.string().optional() });

const ALLOWED = ['callback_query'] as const;

/**
 * Makes Telegram post presses to us, and resolves with what it said of its last try to, if that failed. Whoever took the updates of this bot before
 * gets none any more: only for TG_UPDATES=webhook. The secret cannot be read back, so it is set each time.
 */
export async function registerWebhook({ url, secret, ...options }: RegisterOptions, signal: AbortSignal): Promise<string | undefined> {
  const bot = ownBot(options);
  const info = await bot.done({ method: 'getWebhookInfo', perform: (api, within) => api.getWebhookInfo(within), result: Info }, signal);
  const params = { url, secret_token: secret, allowed_updates: ALLOWED };
  await bot.done({ method: 'setWebhook', perform: (api, within) => api.setWebhook(params, within), result: z.literal(true) }, signal);
  return info.url === url ? info.last_error_message : undefined;
}
