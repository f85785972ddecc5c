import { broken } from '../domain/probe/conditions.ts';
import { noticeHtml } from '../domain/probe/notice-text.ts';
import type { Notice } from '../domain/probe/notice.ts';
import { PortError } from '../domain/ports/port-error.ts';
import type { CliDeps, ToldChat } from './deps.ts';
import { notPassed, type ProbeReport } from './output/run-report.ts';

const SEND_WITHIN_MS = 15_000;

/** Tells the chat of TG_CHAT_ID which probes broke and why. What goes wrong with that is said on standard error and changes no exit status. */
export async function tellTelegram(reports: readonly ProbeReport[], chat: ToldChat, { stderr }: CliDeps): Promise<void> {
  for (const report of reports.filter(one => notPassed(one).length > 0)) {
    const message = { id: chat.chatId, html: noticeHtml(noticeOf(report)) };
    await chat.bot.sendMessage(chat.connection, message, AbortSignal.timeout(SEND_WITHIN_MS)).catch((err: unknown) => {
      if (!(err instanceof PortError)) throw err;
      stderr.write(`Telegram was not told: ${err.message}\n`);
    });
  }
}

function noticeOf(report: ProbeReport): Notice {
  const { namespace, name, run } = report;
  const hop = broken(run.hops);
  const others = notPassed(report)
    .filter(other => other.name !== hop.name)
    .map(other => `${other.name} (${other.cause ?? 'failed'})`);
  const also = others.length === 0 ? '' : ` Also failing: ${others.join(', ')}.`;
  return {
    kind: 'Broken',
    probe: `${namespace}/${name}`,
    since: run.startedAt.toISOString(),
    hop: hop.name,
    ...(hop.cause !== undefined && { cause: hop.cause }),
    message: `${hop.message ?? ''}${also}`,
    mark: '',
  };
}
