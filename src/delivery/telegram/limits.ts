import type { Severity } from '../../domain/alerts/alert.ts';
import type { Limit } from '../../domain/ports/send-rate.ts';

/**
 * What Telegram lets through (Bots FAQ, "My bot is hitting limits"): 1 a second in a chat, 20 a minute in a group, about 30 a second
 * altogether.
 */
const ALL = { group: 20, bot: 30 };
/** What is left over goes to critical incidents, so that none waits behind a crowd. */
const LESS_URGENT = { group: 15, bot: 24 };

/** What critical incidents wait for, and all else gives way at. */
export function chatKey(chatId: string): string {
  return `telegram:chat:${chatId}`;
}

/** Limits for one message or edit of a chat, the same keys for every severity. */
export function sendLimits(chatId: string, severity: Severity): Limit[] {
  const { group, bot } = severity === 'critical' ? ALL : LESS_URGENT;
  return [...chatLimits(chatId, group), { key: 'telegram:bot', count: bot, perMs: 1_000 }];
}

/** Those of the chat alone. */
export function chatLimits(chatId: string, group: number = ALL.group): Limit[] {
  const isGroup = chatId.startsWith('-') || chatId.startsWith('@');
  return [
    { key: chatKey(chatId), count: 1, perMs: 1_000 },
    ...(isGroup ? [{ key: `telegram:group:${chatId}`, count: group, perMs: 60_000 }] : []),
  ];
}
