import type { AlertChainProbe } from '../crds/alertchainprobe/kind.ts';
import type { AlertChainProbeSpec } from '../crds/alertchainprobe/spec.ts';
import type { HopPorts } from '../domain/chain/hop-ports.ts';
import type { Announced, Announcer, Channel } from '../domain/ports/announcer.ts';
import type { HttpExchange } from '../domain/ports/http-target.ts';
import { PortError } from '../domain/ports/port-error.ts';
import type { Notice } from '../domain/probe/notice.ts';
import { noticeHtml, noticeJson } from '../domain/probe/notice-text.ts';
import { excerpt } from '../domain/text/excerpt.ts';
import { urlKeys } from '../domain/text/url-keys.ts';
import { HopFailure, portFailure } from './failure.ts';
import { authorization, secretValue } from './secrets.ts';

export type NotifyPorts = Pick<HopPorts, 'http' | 'secrets' | 'telegram'>;
type Notify = NonNullable<AlertChainProbeSpec['notify']>;

const SEND_WITHIN_MS = 15_000;

/** Tells people straight over Telegram and a webhook, each by itself: one that is down does not keep the other from being told. */
export function announcer(ports: NotifyPorts): Announcer {
  return {
    async announce({ metadata, spec }: AlertChainProbe, notice, signal) {
      const { telegram, webhook } = spec.notify ?? {};
      const telling: Telling = { ports, namespace: metadata.namespace, notice, signal: bounded(signal) };
      const owed = (channel: Channel): boolean => !notice.told?.includes(channel);
      return together(notice.told ?? [], {
        ...(telegram && owed('telegram') && { telegram: told('Telegram', tellTelegram(telegram, telling)) }),
        ...(webhook && owed('webhook') && { webhook: told('The webhook', tellWebhook(webhook, telling)) }),
      });
    },

    async heartbeat({ spec }: AlertChainProbe, signal) {
      if (!spec.heartbeat) return { is: 'sent' };
      const ping: HttpExchange = { method: 'GET', url: spec.heartbeat.url, secrets: urlKeys(spec.heartbeat.url) };
      return told('The heartbeat', delivered(ping, ports, bounded(signal)));
    },
  };
}

interface Telling {
  readonly ports: NotifyPorts;
  readonly namespace: string;
  readonly notice: Notice;
  readonly signal: AbortSignal;
}

async function tellTelegram(to: NonNullable<Notify['telegram']>, { ports, namespace, notice, signal }: Telling): Promise<void> {
  const token = await secretValue(to.botToken, { secrets: ports.secrets, namespace, signal });
  const thread = to.messageThreadId === undefined ? {} : { messageThreadId: to.messageThreadId };
  await ports.telegram.sendMessage({ token, apiRoot: to.apiRoot }, { id: to.chatId, ...thread, html: noticeHtml(notice) }, signal);
}

async function tellWebhook(to: NonNullable<Notify['webhook']>, { ports, namespace, notice, signal }: Telling): Promise<void> {
  const auth = await authorization(to.auth, { secrets: ports.secrets, namespace, signal });
  const headers = { 'content-type': 'application/json', ...auth.headers };
  const secrets = [...auth.secrets, ...urlKeys(to.url)];
  await delivered({ method: 'POST', url: to.url, headers, body: noticeJson(notice), secrets }, ports, signal);
}

async function delivered(exchange: HttpExchange, { http }: NotifyPorts, signal: AbortSignal): Promise<void> {
  const { status, body } = await http.send(exchange, signal);
  if (status < 300) return;
  throw new PortError('rejected', `it answered ${status}: ${excerpt(body, exchange.secrets)}`, { statusCode: status });
}

async function told(whom: string, telling: Promise<void>): Promise<Announced> {
  try {
    await telling;
    return { is: 'sent' };
  } catch (err) {
    return { is: 'failed', message: `${whom}: ${reasonOf(err)}` };
  }
}

function reasonOf(err: unknown): string {
  if (err instanceof HopFailure) return err.failure.message;
  if (err instanceof PortError) return portFailure(err).message;
  return `it broke inside the prober (${err instanceof Error ? err.name : typeof err})`;
}

async function together(before: readonly Channel[], tellings: Readonly<Partial<Record<Channel, Promise<Announced>>>>): Promise<Announced> {
  const telegram = await tellings.telegram;
  const webhook = await tellings.webhook;
  const failures = [telegram, webhook].flatMap(answer => (answer?.is === 'failed' ? [answer.message] : []));
  if (failures.length === 0) return { is: 'sent' };
  const reached: readonly Channel[] = [
    ...(telegram?.is === 'sent' ? (['telegram'] as const) : []),
    ...(webhook?.is === 'sent' ? (['webhook'] as const) : []),
  ];
  return { is: 'failed', message: failures.join(' '), told: [...before, ...reached] };
}

function bounded(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(SEND_WITHIN_MS)]);
}
