import { z } from 'zod';
import { credential } from '../credential.ts';
import { wrongTogether } from '../problems.ts';
import { Chat, ChatsByKey, ChatsByLabel, HttpUrl, LongMilliseconds, Secrets, SEVERITY_KEYS, UserIds, wholeNumber } from '../shapes.ts';
import { variable } from '../variable.ts';
import { DURATION, HTTP_URL } from './wording.ts';

const CHAT = 'the id of a chat or its @name, for a topic with a slash and its id, such as -1001234567890/7';
const QUIET = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)(?: (\S+))?$/;

/** Minutes of the day in a time zone; over midnight where it ends before it begins. */
const QuietHours = z
  .string()
  .regex(QUIET, { abort: true })
  .transform(text => {
    const [, fromH, fromM, toH, toM, timeZone = 'UTC'] = QUIET.exec(text) ?? [];
    return { from: Number(fromH) * 60 + Number(fromM), to: Number(toH) * 60 + Number(toM), timeZone };
  })
  .refine(({ from, to }) => from !== to)
  .refine(({ timeZone }) => isTimeZone(timeZone), { error: 'there is no such time zone' });

function isTimeZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Who is told in Telegram, and when. */
export const Telegram = z
  .object({
    botToken: variable(
      {
        env: 'TG_BOT_TOKEN',
        secret: true,
        description: 'Bot that tells of incidents. Without it nobody is told in Telegram.',
        expects: 'a bot token such as 123456:ABC-DEF',
      },
      credential(z.string().regex(/^\d+:[\w-]+$/, { error: 'it is no bot token' })).optional(),
    ),
    chat: variable({ env: 'TG_CHAT_ID', description: 'Chat that gets the cards of incidents.', expects: CHAT }, Chat.optional()),
    severityChats: variable(
      {
        env: 'TG_SEVERITY_CHATS',
        default: '',
        description: 'Chats of their own for single severities, in place of TG_CHAT_ID.',
        expects: `severity=chat entries separated by commas, such as critical=-1001234567890, each with a severity of ${SEVERITY_KEYS.join(', ')} and ${CHAT}`,
      },
      ChatsByKey,
    ),
    labelChats: variable(
      {
        env: 'TG_LABEL_CHATS',
        default: '',
        description: 'Chats of their own for alerts with a label, before all others; the first that fits counts.',
        expects: `label=value=chat entries separated by commas, such as team=payments=-1001234567890, each with ${CHAT}`,
      },
      ChatsByLabel,
    ),
    escalationChat: variable(
      {
        env: 'TG_ESCALATION_CHAT_ID',
        description: 'Second chat, for critical incidents that nobody acknowledges.',
        expects: CHAT,
      },
      Chat.optional(),
    ),
    apiRoot: variable(
      { env: 'TG_API_ROOT', default: 'https://api.telegram.org', description: 'Bot API server.', expects: HTTP_URL },
      HttpUrl,
    ),
    allowedUsers: variable(
      {
        env: 'TG_ALLOWED_USER_IDS',
        default: '',
        description: 'Numeric ids of the users whose presses of buttons count. Empty: cards have no buttons.',
        expects: 'numeric user ids separated by commas',
      },
      UserIds,
    ),
    updates: variable(
      {
        env: 'TG_UPDATES',
        default: 'polling',
        description:
          'How presses of buttons come in: polling asks Telegram, on the leader only; webhook registers AWOOOI_PUBLIC_URL with Telegram; off takes none. A bot has one taker of its updates: give this bot to nobody else.',
        expects: 'polling, webhook or off',
      },
      z.enum(['polling', 'webhook', 'off']),
    ),
    webhookSecrets: variable(
      {
        env: 'TG_WEBHOOK_SECRETS',
        default: '',
        secret: true,
        description:
          'What Telegram shows at our webhook (X-Telegram-Bot-Api-Secret-Token). The first is registered, all of them are valid at once.',
        expects: 'words of 8 to 256 letters, digits, _ and -, separated by commas or line ends',
      },
      credential(
        Secrets.pipe(z.array(z.string().regex(/^[\w-]{8,256}$/, { error: 'a secret has other characters than A-Z a-z 0-9 _ -' }))),
      ),
    ),
    criticalRepeatAfterMs: variable(
      {
        env: 'AWOOOI_CRITICAL_REPEAT_AFTER',
        default: '10m',
        description: 'A critical incident that nobody has acknowledged is told again after so long. 0s: never.',
        expects: DURATION,
      },
      LongMilliseconds,
    ),
    criticalEscalateAfterMs: variable(
      {
        env: 'AWOOOI_CRITICAL_ESCALATE_AFTER',
        default: '20m',
        description: 'After so long it is told in TG_ESCALATION_CHAT_ID as well. 0s: never.',
        expects: DURATION,
      },
      LongMilliseconds,
    ),
    stormThreshold: variable(
      {
        env: 'AWOOOI_STORM_THRESHOLD',
        default: '20',
        description:
          'With more new incidents than this in a minute those that are not critical become one card that counts. 0: each has a card whatever comes.',
        expects: 'a whole number from 0 to 100000',
      },
      wholeNumber(0, 100_000),
    ),
    quietHours: variable(
      {
        env: 'AWOOOI_QUIET_HOURS',
        description: 'Cards of severity warning and below wait until this is over. Never those of critical and error.',
        expects: 'HH:MM-HH:MM and, after a blank, a time zone where it is not UTC, such as 22:00-07:00 Asia/Taipei',
      },
      QuietHours.optional(),
    ),
    language: variable(
      {
        env: 'AWOOOI_LANGUAGE',
        default: 'en',
        description: 'Language of what is written to Telegram and Sentry.',
        expects: 'en or zh-TW',
      },
      z.enum(['en', 'zh-TW']),
    ),
  })
  .superRefine(({ botToken, chat, updates, allowedUsers, webhookSecrets }, ctx) => {
    if (chat !== undefined && botToken === undefined) wrongTogether(ctx, 'botToken', 'must be set together with TG_CHAT_ID');
    if (botToken !== undefined && chat === undefined) wrongTogether(ctx, 'chat', 'must be set together with TG_BOT_TOKEN');
    if (updates === 'webhook' && allowedUsers.length > 0 && webhookSecrets.current().length === 0) {
      wrongTogether(ctx, 'webhookSecrets', 'must be set together with TG_UPDATES=webhook');
    }
  });
