import { eventually } from '../../test/parts/eventually.ts';
import type { StandingMessage } from '../../test/servers/telegram-messages.ts';
import { showCard } from '../shown-card.ts';
import { ON_CALL } from '../stage.ts';
import type { Scene } from './section.ts';

export const DISK_ALERT = 'DiskAlmostFull';

/** A metric falls, a real rule fires, and its card stands in the chat of who is on call. */
export async function diskCard({ stage, screen, reader }: Scene): Promise<StandingMessage> {
  screen.heading('A Prometheus rule fires');
  stage.disk.setFree(0.04);
  const card = await screen.step('the disk runs full; Prometheus, Alertmanager, incident, card', () =>
    eventually(() => cardOf(stage.telegram.cards(), DISK_ALERT), { withinMs: 60_000 }),
  );
  const [incident] = await reader.all({ alertname: DISK_ALERT });
  screen.good(`incident ${incident?.id}, ${incident?.occurrences} occurrence, told in Telegram:`);
  showCard(screen, card);
  return card;
}

/** Somebody presses the button, and the same card says so. */
export async function press({ stage, screen, reader }: Scene, card: StandingMessage): Promise<string[]> {
  const data = card.buttons.flat().find(({ text }) => /acknowledge/i.test(text))?.data;
  if (data === undefined) return ['the card has no button to acknowledge by'];
  stage.telegram.press({ chatId: card.chatId, messageId: card.messageId, data, user: ON_CALL });
  const after = await screen.step('somebody presses Acknowledge in Telegram', () =>
    eventually(
      () => stage.telegram.cards().find(({ messageId, text }) => messageId === card.messageId && text.includes(ON_CALL.username)),
      {
        withinMs: 60_000,
      },
    ),
  );
  const [incident] = await reader.all({ alertname: DISK_ALERT });
  screen.good(`the incident is ${incident?.status}, and its card says by whom: ${lineWith(after, ON_CALL.username)}`);
  return incident?.status === 'acknowledged' ? [] : [`${DISK_ALERT} is ${incident?.status} after the press`];
}

function cardOf(cards: readonly StandingMessage[], name: string): StandingMessage | undefined {
  return cards.find(({ text }) => text.includes(name));
}

function lineWith({ text }: StandingMessage, word: string): string {
  return text.split('\n').find(line => line.includes(word)) ?? '';
}
