import type { HopSpec } from '../crds/alertchainprobe/hop.ts';
import type { DrillOrder, HopPorts } from '../domain/chain/hop-ports.ts';
import type { HopResult } from '../domain/chain/hop-result.ts';
import type { DrillFacts } from '../domain/drills/drill-payload.ts';
import type { Drill, Refusal } from '../domain/ports/drill-registry.ts';
import { newNonce } from '../domain/drills/nonce.ts';
import { PortError } from '../domain/ports/port-error.ts';
import { HopFailure, portFailure } from './failure.ts';
import { type HopContext, passed } from './hop.ts';
import { badAnswer, callTarget, jsonObject, requireStatus, type TargetCall } from './target-request.ts';

/** A sender may still repeat a drill after the run has ended: known nonces keep it from being taken for an alert. */
const AFTERLIFE_MS = 15 * 60_000;

export interface NonceOrder {
  readonly count?: number;
  /** How long after the hop's time they are still taken for drills. */
  readonly afterlifeMs?: number;
}

/** Registers new nonces for the hop before they are sent. Where the store is away the hop ends untried. */
export async function registerNonces(
  hop: HopSpec,
  { ports, request, timeoutMs, signal }: HopContext,
  { count = 1, afterlifeMs = AFTERLIFE_MS }: NonceOrder = {},
): Promise<readonly string[]> {
  const order = { count, owner: `probe/${request.namespace}/${request.name}/${hop.name}`, ttlMs: timeoutMs + afterlifeMs };
  const drills = await fromStore(ports.issueDrills ? ports.issueDrills(order, signal) : issued(order, ports, signal));
  return drills.map(({ nonce }) => nonce);
}

async function issued({ count, owner, ttlMs }: DrillOrder, { drills, now }: HopPorts, signal: AbortSignal): Promise<readonly Drill[]> {
  const expiresAt = new Date(now().getTime() + ttlMs);
  const made = Array.from({ length: count }, (): Drill => ({ nonce: newNonce(), owner, expiresAt }));
  await drills.register(made, signal);
  return made;
}

/** How far the clocks of replicas may differ: of a refusal whose body went unread, its time is all there is to go by. */
const CLOCKS_DIFFER_MS = 10_000;

/** What our own server refused: what held one of the nonces, and what else it refused since then by whichever replica's clock. */
export function refusalsOf(nonces: readonly string[], since: Date, { ports, signal }: HopContext): Promise<readonly Refusal[]> {
  return ports.drills.refusalsSince(new Date(since.getTime() - CLOCKS_DIFFER_MS), signal, nonces);
}

const WHERE_KEPT =
  'The operator keeps that in Redis (REDIS_URL); from a shell the operator at AWOOOI_API_BASE is asked, with AWOOOI_API_TOKEN.';

/** The store's answer, or the hop's end as `StoreUnavailable`: without its memory of drills nothing can be proven. */
export async function fromStore<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (err) {
    if (!(err instanceof PortError)) throw err;
    // Not a fault of the store's: there is none where this hop runs.
    if (err.fault === 'unsupported') throw new HopFailure({ ...portFailure(err), cause: 'NotConfigured' }, { cause: err });
    const { message } = portFailure(err, 'Nobody can say what comes back');
    throw new HopFailure({ cause: 'StoreUnavailable', message: `${message}. ${WHERE_KEPT}` }, { cause: err, untried: true });
  }
}

/** A direct drill has severity none and is one by itself, so a store that is away must not keep the target from being tried. */
const REGISTER_WITHIN_MS = 1000;

/** What a direct drill says of itself, with a nonce that is registered unless the store is away. */
export async function directDrill(hop: HopSpec, ctx: HopContext): Promise<DrillFacts> {
  const { request, startedAt } = ctx;
  const signal = AbortSignal.any([ctx.signal, AbortSignal.timeout(REGISTER_WITHIN_MS)]);
  const nonce = await registerNonces(hop, { ...ctx, signal }).then(
    ([registered]) => registered ?? newNonce(),
    (err: unknown) => {
      if (err instanceof HopFailure) return newNonce();
      throw err;
    },
  );
  return { nonce, probe: `${request.namespace}/${request.name}`, hop: hop.name, startsAt: startedAt };
}

/** Posts a drill straight to a webhook of the target, which has to accept it and to know it for a drill. */
export async function sendDrill(hop: HopSpec, ctx: HopContext, call: Omit<TargetCall, 'method'>): Promise<HopResult> {
  const answer = await callTarget({ ...call, method: 'POST' }, ctx);
  requireStatus(answer, 200);
  const { status, drill } = jsonObject(answer);
  if (status !== 'accepted') throw badAnswer(answer, 'that does not say "accepted"');
  if (drill !== true) throw badAnswer(answer, 'without "drill": true, so it took the drill for an alert');
  return passed(hop, 'The webhook accepted a drill.', { latencyMs: answer.latencyMs, statusCode: answer.status });
}
