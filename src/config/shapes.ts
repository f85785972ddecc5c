import { z } from 'zod';

/** Schemas from the text of an environment variable to a value. Their messages never repeat the text: it may be a secret. */

/** Zod goes on after a text that does not match, and the rules over several variables would then see it unread. */
const ABORT = { abort: true };

export function wholeNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^[0-9]{1,9}$/, ABORT)
    .transform(Number)
    .refine(number => number >= min && number <= max);
}

export const Port = wholeNumber(1, 65_535);

export const YesNo = z.enum(['true', 'false', '1', '0']).transform(text => text === 'true' || text === '1');

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** Milliseconds of a text such as 15s. */
export const Milliseconds = z
  .string()
  .regex(/^[1-9][0-9]{0,5}(ms|s|m)$/, ABORT)
  .transform(text => Number.parseInt(text, 10) * (UNIT_MS[text.replace(/^[0-9]+/, '')] ?? 0));

/** Entries separated by commas or line ends; blanks around them and empty ones do not count. */
const List = z.string().transform(text =>
  text
    .split(/[,\n]/)
    .map(entry => entry.trim())
    .filter(entry => entry !== ''),
);

const LONG_UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a text such as 30m or 72h; 0 is 0 in any unit. */
export const LongMilliseconds = z
  .string()
  .regex(/^[0-9]{1,4}[smhd]$/, ABORT)
  .transform(text => Number.parseInt(text, 10) * (LONG_UNIT_MS[text.slice(-1)] ?? 0));

export const NamespaceName = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);

export const Namespaces = List.pipe(z.array(NamespaceName));

/** Without a slash at the end, so that paths can be appended. */
export const HttpUrl = z
  .url({ protocol: /^https?$/, ...ABORT })
  .refine(text => new URL(text).username === '' && new URL(text).hash === '')
  .transform(text => text.replace(/\/+$/, ''));

export const HttpUrls = List.pipe(z.array(HttpUrl));

const CHAT = /^(-?[1-9][0-9]{0,19}|@[A-Za-z]\w{3,31})(?:\/([1-9][0-9]{0,9}))?$/;

/** A chat of Telegram by its id or @name, and behind a slash the id of a topic. */
export const Chat = z
  .string()
  .regex(CHAT, ABORT)
  .transform(text => {
    const [, chatId = '', topic] = CHAT.exec(text) ?? [];
    return { chatId, ...(topic !== undefined && { threadId: Number(topic) }) };
  });

/** Of an alert. */
export const SEVERITY_KEYS = ['critical', 'error', 'warning', 'info', 'none'] as const;

/** `key=chat` entries. */
export const ChatsByKey = List.pipe(
  z.array(
    z
      .string()
      .transform(text => ({ key: text.split('=')[0]?.trim(), chat: text.split('=').slice(1).join('=').trim() }))
      .pipe(z.object({ key: z.enum(SEVERITY_KEYS), chat: Chat })),
  ),
);

/** `label=value=chat` entries. */
export const ChatsByLabel = List.pipe(
  z.array(
    z
      .string()
      .regex(/^[^=]+=[^=]+=[^=]+$/, ABORT)
      .transform(text => {
        const [label = '', value = '', chat = ''] = text.split('=').map(part => part.trim());
        return { label, value, chat };
      })
      .pipe(z.object({ label: z.string(), value: z.string(), chat: Chat })),
  ),
);

export const UserIds = List.pipe(
  z.array(
    z
      .string()
      .regex(/^[1-9][0-9]{0,15}$/, ABORT)
      .transform(Number),
  ),
);

const Address = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);

/** Addresses and CIDR blocks, each with `:port` where only one port is meant (an IPv6 address then in brackets). */
export const Addresses = List.pipe(z.array(z.string().refine(entry => Address.safeParse(withoutPort(entry)).success)));

function withoutPort(entry: string): string {
  const [, bracketed, plain] = /^\[([^\]]+)\](?::[0-9]{1,5})?$|^([^:]+):[0-9]{1,5}$/.exec(entry) ?? [];
  return bracketed ?? plain ?? entry;
}

const SHORTEST_TOKEN = 8;

/** Texts long enough to be guarded by, without blanks. */
function guards(kind: string) {
  return List.pipe(
    z.array(
      z
        .string()
        .min(SHORTEST_TOKEN, { error: `a ${kind} is shorter than ${SHORTEST_TOKEN} characters` })
        .regex(/^\S+$/, { error: `a ${kind} holds a blank` }),
    ),
  );
}

export const Tokens = guards('token');
export const Secrets = guards('secret');

/** `left:right` entries; the right side may hold colons. */
function pairs(sentence: string) {
  const Pair = z
    .string()
    .regex(new RegExp(`^[^:\\s]+:\\S{${SHORTEST_TOKEN},}$`), { error: sentence })
    .transform(text => ({ left: text.slice(0, text.indexOf(':')), right: text.slice(text.indexOf(':') + 1) }));
  return List.pipe(z.array(Pair));
}

export const UserPasswords = pairs('an entry is not user:password with a password of at least 8 characters').transform(entries =>
  entries.map(({ left, right }) => ({ username: left, password: right })),
);

export const NamedTokens = pairs('an entry is not name:token with a token of at least 8 characters').transform(entries =>
  entries.map(({ left, right }) => ({ name: left, token: right })),
);
