import type { StandingMessage } from '../test/servers/telegram-messages.ts';
import type { Screen } from './screen.ts';

/** A message of Telegram as people see it, its buttons below. */
export function showCard(screen: Pick<Screen, 'say'>, { text, buttons }: StandingMessage): void {
  for (const line of text.split('\n')) screen.say(`    │ ${line}`);
  const labels = buttons.flat().map(({ text: label }) => `[ ${label} ]`);
  if (labels.length > 0) screen.say(`    │ ${labels.join(' ')}`);
}
