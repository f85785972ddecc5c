import { durationMs } from '../crds/duration.ts';
import type { HopSpec } from '../crds/alertchainprobe/hop.ts';
import { channelTestName } from '../domain/drills/marker.ts';
import { isUnread } from '../domain/drills/refusals.ts';
import type { Refusal } from '../domain/ports/drill-registry.ts';
import { PortError } from '../domain/ports/port-error.ts';
import type { SignozCanaryAnswer, SignozCanaryRequest } from '../domain/ports/signoz-channels.ts';
import type { SignozConnection } from '../domain/ports/signoz-rules.ts';
import { excerpt } from '../domain/text/excerpt.ts';
import { fromStore, refusalsOf, registerNonces } from './drill.ts';
import { attempt, HopFailure, portFailure } from './failure.ts';
import { type Failure, type HopContext, passed } from './hop.ts';
import { optionalSecretValue, secretValue } from './secrets.ts';

const DEFAULT_BUDGET = '5s';
/** Left of the hop's time for saying what was found out. */
const RESERVE_MS = 2000;

/** SigNoz's notifier brings a test of its own stored channel back to our webhook: its configuration, the way and our credentials hold. */
export const signozCanary = attempt(async (hop, ctx) => {
  const { channel } = blockOf(hop);
  const connection = await connectionOf(hop, ctx);
  const publicUrl = ctx.ports.publicUrl ?? missing('The operator does not know its own address: set AWOOOI_PUBLIC_URL.');
  const [nonce = ''] = await registerNonces(hop, ctx);
  const sentAt = { date: ctx.ports.now(), elapsedMs: ctx.elapsedMs() };
  const answer = await sendTest({ connection, channel, testName: channelTestName(nonce), publicUrl }, ctx);
  if (answer.is !== 'sent') throw new HopFailure((await refused(nonce, sentAt.date, ctx)) ?? unsent(answer, channel));

  const budgetMs = durationMs(hop.latencyBudget ?? DEFAULT_BUDGET);
  if (!(await isBack(nonce, budgetMs, ctx))) throw new HopFailure((await refused(nonce, sentAt.date, ctx)) ?? notReturned(channel));
  const latencyMs = ctx.elapsedMs() - sentAt.elapsedMs;
  if (latencyMs > budgetMs) {
    const message = `The test of channel ${channel} came back after ${Math.round(latencyMs)} ms; latencyBudget is ${budgetMs} ms.`;
    throw new HopFailure({ cause: 'DeliveredLate', message, latencyMs });
  }
  return passed(hop, `The test of channel ${channel} came back to our webhook.`, { latencyMs });
});

function blockOf({ signoz }: HopSpec): NonNullable<HopSpec['signoz']> {
  return signoz ?? missing('Give the hop a block signoz with the channel to test.');
}

function missing(message: string): never {
  throw new HopFailure({ cause: 'NotConfigured', message });
}

async function connectionOf(hop: HopSpec, { request, ports, signal }: HopContext): Promise<SignozConnection> {
  const { namespace } = request;
  const name = blockOf(hop).secretRef?.name;
  if (name === undefined) {
    return (
      ports.defaultSignoz?.(namespace) ??
      missing(`Give signoz.secretRef: namespace ${namespace} may not use the operator's own connection to SigNoz, or there is none.`)
    );
  }
  const access = { secrets: ports.secrets, namespace, signal };
  const url = await secretValue({ name, key: 'url' }, access);
  const apiKey = await secretValue({ name, key: 'apiKey' }, access);
  const caBundle = await optionalSecretValue({ name, key: 'caBundle' }, access);
  return { url, apiKey, ...(caBundle !== undefined && { caBundle }) };
}

async function sendTest(request: SignozCanaryRequest, { ports, signal }: HopContext): Promise<SignozCanaryAnswer> {
  try {
    return await ports.signoz.sendTest(request, signal);
  } catch (err) {
    if (!(err instanceof PortError)) throw err;
    throw new HopFailure(portFailure(err, 'SigNoz'), { cause: err });
  }
}

function unsent(answer: Exclude<SignozCanaryAnswer, { is: 'sent' }>, channel: string): Failure {
  if (answer.is === 'channel-not-found') {
    const existing = answer.existing.length === 0 ? 'there is none at all' : `there are ${excerpt(answer.existing.join(', '))}`;
    return { cause: 'ChannelNotFound', message: `SigNoz has no channel ${channel}; ${existing}.` };
  }
  if (answer.is === 'channel-not-ours') {
    const host = answer.host === '' ? 'no webhook' : answer.host;
    const message = `Channel ${channel} posts to ${host}, not to this operator (AWOOOI_PUBLIC_URL), so nothing was sent to it.`;
    return { cause: 'ChannelNotOurs', message };
  }
  return { cause: 'SendFailed', message: `SigNoz could not send through channel ${channel}: ${excerpt(answer.message)}` };
}

/** Waits twice the budget, so that a late one is told from a lost one, but never past the hop's own time. */
async function isBack(nonce: string, budgetMs: number, { ports, signal, timeoutMs, elapsedMs }: HopContext): Promise<boolean> {
  const waitMs = Math.max(1, Math.ceil(Math.min(2 * budgetMs, timeoutMs - elapsedMs() - RESERVE_MS)));
  const returns = await fromStore(ports.drills.awaitReturns([nonce], AbortSignal.any([signal, AbortSignal.timeout(waitMs)])));
  return returns.length > 0;
}

function notReturned(channel: string): Failure {
  return {
    cause: 'NotReturned',
    message: `SigNoz says it sent the test of channel ${channel}, but nothing arrived here: something between answers in our place.`,
  };
}

/** Our own refusal, if it is on record: by the nonce, or where the body went unread, by SigNoz's way of calling. */
async function refused(nonce: string, since: Date, ctx: HopContext): Promise<Failure | undefined> {
  const refusals = await fromStore(refusalsOf([nonce], since, ctx));
  const refusal = refusals.find(({ nonces }) => nonces.includes(nonce)) ?? refusals.find(isUnreadFromSignoz);
  if (!refusal) return undefined;
  const { status, reason, route } = refusal;
  const cause = status === 503 ? 'ReceiverUnavailable' : 'ReceiverRefused';
  return { cause, statusCode: status, message: `Our webhook ${route} answered SigNoz ${status}: ${excerpt(reason)}` };
}

/** SigNoz's notifier calls itself `Alertmanager/` with an empty version (observed on v0.138). */
function isUnreadFromSignoz(refusal: Refusal): boolean {
  return isUnread(refusal) && (refusal.route.includes('signoz') || refusal.userAgent === 'Alertmanager/');
}
