import { PortError } from '../../domain/ports/port-error.ts';
import { excerpt } from '../../domain/text/excerpt.ts';

/** A group that has become a supergroup: cards find it, but its settings name it by an id that is no longer its own. */
export interface MovedChat {
  readonly from: string;
  readonly to: string;
}

export interface ChatBookOptions {
  /** Ids or names of the chats that are set up. */
  readonly chats: readonly string[];
  readonly now: () => Date;
  /** Told once of each. */
  readonly onMoved?: (moved: MovedChat) => void;
}

/** What this process has learnt of chats from the answers of Telegram. All channels share one: to Telegram they are one bot. */
export interface ChatBook {
  /**
   * The id by which Telegram counts: another than is set up for a @name, or a group that has become a supergroup. As given until an answer
   * has said it.
   */
  idOf(chatId: string): string;
  /** A message went to `asked` and stands in `as`; true where that is news. */
  arrived(asked: string, as: string): boolean;
  failed(chatId: string, err: unknown): void;
  /** Until `ms` from now Telegram lets nothing into this chat. */
  pause(chatId: string, ms: number): void;
  pauseMs(chatId: string): number;
  /** The last failure in a chat that is set up and has taken nothing since. */
  problem(): string | undefined;
  moved(): readonly MovedChat[];
}

export function chatBook({ chats, now, onMoved }: ChatBookOptions): ChatBook {
  const ids = new Map<string, string>();
  const pausedUntil = new Map<string, number>();
  const failures = new Map<string, { readonly at: Date; readonly why: string }>();
  const idOf = (chatId: string): string => ids.get(chatId) ?? chatId;
  /** A card that stands in a group from before may still name it, long after the settings do not. */
  const isMoved = (asked: string): boolean => chats.includes(asked) && !asked.startsWith('@');

  function learnt(asked: string, as: string): boolean {
    if (asked === as || ids.get(asked) === as) return false;
    ids.set(asked, as);
    if (isMoved(asked)) onMoved?.({ from: asked, to: as });
    return true;
  }

  return {
    idOf,
    arrived(asked, as) {
      for (const each of [asked, as]) failures.delete(each);
      return learnt(asked, as);
    },
    failed(chatId, err) {
      if (err instanceof PortError) failures.set(idOf(chatId), { at: now(), why: err.message });
    },
    pause: (chatId, ms) => void pausedUntil.set(idOf(chatId), now().getTime() + ms),
    pauseMs(chatId) {
      const id = idOf(chatId);
      const leftMs = (pausedUntil.get(id) ?? 0) - now().getTime();
      if (leftMs <= 0) pausedUntil.delete(id);
      return Math.max(0, leftMs);
    },
    problem() {
      const standing = chats.flatMap(chat => {
        const failure = failures.get(idOf(chat));
        return failure ? [{ chat, ...failure }] : [];
      });
      const last = standing.toSorted((a, b) => b.at.getTime() - a.at.getTime())[0];
      return last && `the last card for chat ${last.chat} could not be sent or edited (${last.at.toISOString()}): ${excerpt(last.why)}`;
    },
    moved: () => [...ids].flatMap(([from, to]) => (isMoved(from) ? [{ from, to }] : [])),
  };
}
