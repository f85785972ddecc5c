import { expect, it } from 'vitest';
import { loadConfig } from '../config/load.ts';
import type { Logger } from '../telemetry/logger.ts';
import { telegramChats } from './telegram-chats.ts';

it('warns of a group that has become a supergroup once, with both ids and the variables that name it', () => {
  const env = {
    AWOOOI_WEBHOOK_TOKENS: 'shared-token',
    TG_BOT_TOKEN: '4242:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw',
    TG_CHAT_ID: '-5',
    TG_SEVERITY_CHATS: 'critical=-5/7,info=-6',
    TG_LABEL_CHATS: 'team=payments=-7',
  };
  const loaded = loadConfig({ env, readFile: () => '' });
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  const lines: unknown[] = [];
  const log: Logger = { debug() {}, info() {}, warn: fields => void lines.push(fields), error() {}, child: () => log };
  const book = telegramChats({ config: loaded.config, log, now: () => new Date() });
  book.arrived('-5', '-1005');
  book.arrived('-5', '-1005');
  book.arrived('-7', '-1007');
  // Named by a card from before, not by the settings.
  book.arrived('-8', '-1008');
  expect(lines).toEqual([
    { from: '-5', to: '-1005', variables: ['TG_CHAT_ID', 'TG_SEVERITY_CHATS'] },
    { from: '-7', to: '-1007', variables: ['TG_LABEL_CHATS'] },
  ]);
});
