import type { HopSpec } from '../crds/alertchainprobe/hop.ts';
import type { HopCause, HopResult } from '../domain/chain/hop-result.ts';
import { PortError } from '../domain/ports/port-error.ts';
import type { TelegramBotConnection, TelegramChat } from '../domain/ports/telegram-bot.ts';
import { attempt, HopFailure, portFailure } from './failure.ts';
import { type HopContext, passed } from './hop.ts';
import { secretValue } from './secrets.ts';
import { badAnswer, callTarget, jsonObject, requireStatus } from './target-request.ts';

/** The bot may write into its chat, by its own token or as the target's API says it; nothing is left in the chat. */
export const telegram = attempt((hop, ctx) => (hop.telegram?.via === 'API' ? askTheApi(hop, ctx) : askTelegram(hop, ctx)));

async function askTheApi(hop: HopSpec, ctx: HopContext): Promise<HopResult> {
  const answer = await callTarget({ method: 'GET', path: '/api/v1/telegram/status' }, ctx);
  requireStatus(answer, 200);
  const { connected, last_error: lastError } = jsonObject(answer);
  const facts = { latencyMs: answer.latencyMs, statusCode: answer.status };
  const error = typeof lastError === 'string' && lastError !== '' ? answer.show(lastError) : undefined;
  if (connected === true && error === undefined) return passed(hop, 'The API says that it is connected to Telegram.', facts);
  if (connected === true) {
    throw new HopFailure({
      cause: 'SendFailed',
      message: `The API is connected to Telegram, though cards do not arrive: ${error}.`,
      ...facts,
    });
  }
  if (connected !== false) throw badAnswer(answer, 'that does not say whether it is connected');
  const why = error === undefined ? ', and gives no error' : `: ${error}`;
  throw new HopFailure({ cause: 'NotConnected', message: `The API is not connected to Telegram${why}.`, ...facts });
}

/** From cheap to strong: the token, the chat, and the right to write in it. */
async function askTelegram(hop: HopSpec, ctx: HopContext): Promise<HopResult> {
  const { bot, chat } = await connectionOf(hop, ctx);
  const { telegram } = ctx.ports;
  const me = await asked(telegram.getMe(bot, ctx.signal), { rejected: 'BadStatus' });
  const { type } = await asked(telegram.getChat(bot, chat.id, ctx.signal), { rejected: 'ChatNotFound', chat });
  if (type === 'channel') await requirePostingRight({ bot, chat, username: me.username }, ctx);
  // A chat action needs the right to write and leaves no trace, but channels know none.
  else await asked(telegram.sendTyping(bot, chat, ctx.signal), { rejected: 'SendFailed', chat });
  return passed(hop, `Bot @${me.username} may write to the ${type}.`, { latencyMs: ctx.elapsedMs() });
}

async function requirePostingRight(
  { bot, chat, username }: { bot: TelegramBotConnection; chat: TelegramChat; username: string },
  { ports, signal }: HopContext,
): Promise<void> {
  if (await asked(ports.telegram.mayPost(bot, chat.id, signal), { rejected: 'ChatNotFound', chat })) return;
  const message = `Bot @${username} may not post in channel ${chat.id}: make it an administrator with the right to post messages.`;
  throw new HopFailure({ cause: 'Forbidden', message });
}

async function connectionOf({ telegram }: HopSpec, { request, ports, signal }: HopContext) {
  const { botToken, chatId, messageThreadId, apiRoot = 'https://api.telegram.org' } = telegram ?? {};
  if (!botToken || !chatId) {
    throw new HopFailure({ cause: 'NotConfigured', message: 'Give telegram.botToken and telegram.chatId, or set telegram.via to API.' });
  }
  const token = await secretValue(botToken, { secrets: ports.secrets, namespace: request.namespace, signal });
  const chat: TelegramChat = { id: chatId, ...(messageThreadId !== undefined && { messageThreadId }) };
  return { bot: { token, apiRoot }, chat };
}

/** Names the chat in the failure; a request that Telegram rejects means something else for each method. */
async function asked<T>(answer: Promise<T>, { rejected, chat }: { rejected: HopCause; chat?: TelegramChat }): Promise<T> {
  try {
    return await answer;
  } catch (err) {
    if (!(err instanceof PortError)) throw err;
    const { message, cause, ...facts } = portFailure(err);
    const isRejected = err.fault === 'rejected' && err.detail === undefined;
    const where = chat ? ` (chat ${chat.id})` : '';
    throw new HopFailure({ ...facts, cause: isRejected ? rejected : cause, message: `${message}${where}` }, { cause: err });
  }
}
