import { tooMany } from './telegram-answers.ts';
import type { StandInChat } from './telegram-chats.ts';

interface Rule {
  readonly name: string;
  readonly key: string;
  readonly count: number;
  readonly perMs: number;
}

export interface FloodControl {
  /** Counts one message or edit; throws the Bot API's 429 where that is one too many. */
  count(chat: StandInChat): void;
  /** Off unless switched on; counts either way. */
  enforce(on: boolean): void;
  /** The most that any window of each rule held, and how often 429 was answered. */
  measured(): { readonly peaks: Readonly<Record<string, number>>; readonly refused: number };
}

/**
 * Flood control as bots meet it (contracts, section 4.5): one message a second in a chat with short bursts let through, twenty a minute in a
 * group, thirty a second altogether. Windows slide; what was refused does not count.
 */
export function floodControl(now: () => number): FloodControl {
  const times = new Map<string, number[]>();
  const peaks: Record<string, number> = {};
  let enforced = false;
  let refused = 0;

  const inWindow = ({ key, perMs }: Rule): number[] => (times.get(key) ?? []).filter(at => at > now() - perMs);
  const waitFor = (rule: Rule): number => {
    const recent = inWindow(rule);
    return recent.length < rule.count ? 0 : (recent[0] ?? 0) + rule.perMs - now();
  };

  return {
    count({ id }) {
      const rules = rulesOf(id);
      const waitMs = enforced ? Math.max(...rules.map(waitFor)) : 0;
      if (waitMs > 0) {
        refused++;
        throw tooMany(Math.max(1, Math.ceil(waitMs / 1000)));
      }
      for (const rule of rules) {
        const recent = [...inWindow(rule), now()];
        times.set(rule.key, recent);
        peaks[rule.name] = Math.max(peaks[rule.name] ?? 0, recent.length);
      }
    },
    enforce: on => {
      enforced = on;
    },
    measured: () => ({ peaks: { ...peaks }, refused }),
  };
}

function rulesOf(chatId: number): Rule[] {
  return [
    { name: 'chat in 5 s', key: `chat ${chatId}`, count: 5, perMs: 5_000 },
    ...(chatId < 0 ? [{ name: 'group in 60 s', key: `group ${chatId}`, count: 20, perMs: 60_000 }] : []),
    { name: 'bot in 1 s', key: 'bot', count: 30, perMs: 1_000 },
  ];
}
