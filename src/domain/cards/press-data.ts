import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * What buttons ask for, each with the code that stands for it in callback data. Those from approve to did-not-help name an approval, not an
 * incident; propose names an incident and what was shown on its card.
 */
const CODES = {
  acknowledge: 'a',
  'silence-1h': 's1',
  'silence-4h': 's4',
  unsilence: 'u',
  approve: 'y',
  reject: 'n',
  done: 'd',
  'did-not-help': 'h',
  propose: 'p',
} as const;

export type PressAction = keyof typeof CODES;

export const PRESS_ACTIONS: readonly PressAction[] = [
  'acknowledge',
  'silence-1h',
  'silence-4h',
  'unsilence',
  'approve',
  'reject',
  'done',
  'did-not-help',
  'propose',
];

/** What a button is for. `subject` is the id of an incident or an approval, `chatId` the numeric id of the chat that the button stands in. */
export interface PressWish {
  readonly action: PressAction;
  readonly subject: string;
  readonly chatId: string;
}

/** 128 bits of HMAC-SHA256, base64url: with the longest code and subject 62 of Telegram's 64 bytes. */
const SIGNATURE_CHARACTERS = 22;
const DATA = /^([a-z][0-9]?):([a-z0-9-]{1,36}):([\w-]{22})$/;

/** What buttons are signed with, from the token of the bot that shows them: all replicas have it, and with another bot old buttons are void. */
export function buttonSecret(botToken: string): string {
  return createHmac('sha256', botToken).update('awoooi buttons').digest('base64url');
}

/** Callback data `a:SUBJECT:SIGNATURE`. Anybody in a chat can send any data: only what is signed counts. */
export function signedPress({ action, subject, chatId }: PressWish, secret: string): string {
  return `${CODES[action]}:${subject}:${signature({ action, subject, chatId }, secret)}`;
}

/** What was signed with one of the secrets for this chat; undefined for any other text. */
export function verifiedPress(data: string, chatId: string, secrets: readonly string[]): PressWish | undefined {
  const [, code, subject = '', given = ''] = DATA.exec(data) ?? [];
  const action = actionOf(code);
  if (action === undefined) return undefined;
  const wish = { action, subject, chatId };
  // Every secret is compared, also after one has matched.
  const matches = secrets.map(secret => equal(given, signature(wish, secret)) && secret !== '');
  return matches.includes(true) ? wish : undefined;
}

/** What `propose` names: an incident, and the mark of what its card offered. */
export function proposalSubject(incidentId: string, mark: string): string {
  return `${incidentId}-${mark}`;
}

/** The same again; undefined for what is none. */
export function proposalIn(subject: string): { readonly incidentId: string; readonly mark: string } | undefined {
  const [, incidentId, mark] = /^(.+)-([0-9a-f]{8})$/.exec(subject) ?? [];
  return incidentId === undefined || mark === undefined ? undefined : { incidentId, mark };
}

function signature({ action, subject, chatId }: PressWish, secret: string): string {
  const signed = createHmac('sha256', secret).update(`${CODES[action]}|${subject}|${chatId}`).digest('base64url');
  return signed.slice(0, SIGNATURE_CHARACTERS);
}

function actionOf(code: string | undefined): PressAction | undefined {
  return PRESS_ACTIONS.find(action => CODES[action] === code);
}

function equal(given: string, expected: string): boolean {
  return timingSafeEqual(Buffer.from(given), Buffer.from(expected));
}
