export interface CardChat {
  readonly chatId: string;
  readonly threadId?: number;
}

export interface CardButton {
  readonly text: string;
  /** At most 64 bytes. */
  readonly data: string;
}

export interface Card {
  readonly html: string;
  readonly buttons: readonly (readonly CardButton[])[];
  /** Without a sound. */
  readonly quiet?: boolean;
  /** The message of the same chat that it answers; it goes out all the same where that is gone. */
  readonly replyTo?: number;
}

/** Where a card went: another chat than asked for where the group has become a supergroup. */
export interface SentCard {
  readonly messageId: number;
  readonly chatId: string;
  readonly threadId?: number;
}

/** A press of a button, by whom and where. */
export interface Press {
  readonly id: string;
  readonly data: string;
  readonly userId: number;
  readonly userName: string;
  readonly chatId?: string;
  readonly messageId?: number;
}

export interface CardsStatus {
  readonly connected: boolean;
  readonly username: string | null;
  readonly lastError: string | null;
}

/**
 * Cards in Telegram, by the operator's own bot. Failures are PortErrors as of TelegramBot; what can be mended (markup, length, topic, a migrated
 * group) was tried mended before.
 */
export interface Cards {
  send(chat: CardChat, card: Card, signal: AbortSignal): Promise<SentCard>;
  /** False where the message is gone. Unchanged text is success. */
  edit(card: SentCard, to: Card, signal: AbortSignal): Promise<boolean>;
  answer(pressId: string, text: string, signal: AbortSignal): Promise<void>;
  status(signal: AbortSignal): Promise<CardsStatus>;
}
