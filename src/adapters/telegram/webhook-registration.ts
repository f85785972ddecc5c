import { z } from 'zod';
import { excerpt } from '../../domain/text/excerpt.ts';
import { type OwnBotOptions, ownBot } from './own-bot.ts';

export interface RegisterOptions extends OwnBotOptions {
  /** Where Telegram reaches our webhook: https, at port 443, 80, 88 or 8443. */
  readonly url: string;
  readonly secret: string;
}

export interface SightOptions extends OwnBotOptions {
  readonly url: string;
  readonly now: () => Date;
}

/** How Telegram stands to our webhook. */
export interface WebhookSight {
  /** False where somebody else has set or deleted it since. */
  readonly isOurs: boolean;
  /** Why presses that wait with Telegram do not get here. */
  readonly problem?: string;
}

const Info = z.object({
  url: z.string(),
  pending_update_count: z.int().default(0),
  last_error_date: z.int().optional(),
  last_error_message: z.string().optional(),
});

const ALLOWED = ['callback_query'] as const;
/** Telegram tries again every minute or two, and goes on naming its last failure long after that. */
const RECENT_MS = 10 * 60_000;

/**
 * Makes Telegram post presses to us. Whoever took the updates of this bot before gets none any more: only for TG_UPDATES=webhook. The
 * secret cannot be read back, so it is set each time.
 */
export async function registerWebhook({ url, secret, ...options }: RegisterOptions, signal: AbortSignal): Promise<void> {
  const params = { url, secret_token: secret, allowed_updates: ALLOWED };
  const bot = ownBot(options);
  await bot.done({ method: 'setWebhook', perform: (api, within) => api.setWebhook(params, within), result: z.literal(true) }, signal);
}

/** What Telegram says of the webhook. */
export async function webhookSight({ url, now, ...options }: SightOptions, signal: AbortSignal): Promise<WebhookSight> {
  const bot = ownBot(options);
  const info = await bot.done({ method: 'getWebhookInfo', perform: (api, within) => api.getWebhookInfo(within), result: Info }, signal);
  // As addresses: whoever writes ours down may leave out its port, or write its host in small letters.
  const isOurs = info.url !== '' && URL.parse(info.url)?.href === URL.parse(url)?.href;
  const { pending_update_count: waiting, last_error_date: at = 0, last_error_message: why } = info;
  const isStuck = isOurs && waiting > 0 && why !== undefined && now().getTime() - at * 1000 < RECENT_MS;
  return { isOurs, ...(isStuck && { problem: `Telegram cannot deliver to ${url}: ${excerpt(why, [options.token()])}` }) };
}
