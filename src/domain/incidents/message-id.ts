/** Under which the channels keep the id of what they sent: a message of Telegram, a note of Sentry, a delivery of the outgoing webhook. */
const KEYS = ['messageId', 'noteId', 'delivery'] as const;

/** The id of the message that stands for an incident in its channel, by which a person finds it there. */
export function messageIdIn(memo: Readonly<Record<string, string>>): string | undefined {
  const key = KEYS.find(name => memo[name] !== undefined);
  return key === undefined ? undefined : memo[key];
}
