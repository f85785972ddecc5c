import { z } from 'zod';
import type { DrillOrder, HopPorts } from '../../domain/chain/hop-ports.ts';
import { cameThrough } from '../../domain/drills/came-through.ts';
import { isAskedFor } from '../../domain/drills/refusals.ts';
import type { Drill, DrillReturn, Refusal } from '../../domain/ports/drill-registry.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import { apiCall, type OperatorApi } from './operator-api.ts';
import { persistently } from './persistently.ts';

const Time = z.iso.datetime().transform(text => new Date(text));

const Issued = z.object({ drills: z.array(z.object({ nonce: z.string(), expiresAt: Time })) });

const RefusalEntry = z.object({
  at: Time,
  route: z.string(),
  status: z.int(),
  reason: z.string(),
  nonces: z.array(z.string()),
  bodyRead: z.boolean().exactOptional(),
  userAgent: z.string().exactOptional(),
  remote: z.string().exactOptional(),
});

const DrillState = z.object({
  nonce: z.string(),
  returned: z.boolean(),
  returnedAt: Time.exactOptional(),
  via: z.string().default(''),
  receiver: z.string().exactOptional(),
  refusals: z.array(RefusalEntry),
});
type DrillState = z.infer<typeof DrillState>;

/** The API holds a call at most 25 s; asked for less, so that its answer comes before anything in between gives up. */
const WAIT_S = 20;
const CALL_MS = 10_000;
const LAST_LOOK_MS = 1500;
/** How long nonces are asked for where the API is away: long enough for a replica to take another's place, and short enough to say why. */
const ISSUE_WITHIN_MS = 10_000;
/** The API's bounds of ttlSeconds and count. */
const TTL_S = { least: 10, most: 86_400 };

/**
 * Drills by way of an operator's API: it makes the nonces, hears of their return and knows what it refused. An operator that rolls
 * meanwhile is asked again.
 */
export function operatorDrills(
  api: OperatorApi,
  now: () => Date,
  random: () => number,
): Pick<HopPorts, 'drills'> & Required<Pick<HopPorts, 'issueDrills'>> {
  const issued = new Set<string>();
  let aheadMs = 0;

  const state: AskState = async ({ nonce, receiver }, waitS, signal) => {
    const through = receiver === undefined ? '' : `&receiver=${encodeURIComponent(receiver)}`;
    const path = `/api/v1/drills/${nonce}?wait=${waitS}s${through}`;
    return apiCall(api, { method: 'GET', path, answer: DrillState, deadlineMs: waitS * 1000 + CALL_MS }, signal);
  };

  const lastLook = (drill: Awaited) => state(drill, 0, AbortSignal.timeout(LAST_LOOK_MS));

  return {
    async issueDrills({ count, owner, ttlMs }: DrillOrder, signal) {
      const ttlSeconds = Math.min(TTL_S.most, Math.max(TTL_S.least, Math.ceil(ttlMs / 1000)));
      const call = { method: 'POST', path: '/api/v1/drills', body: { ttlSeconds, count }, answer: Issued, deadlineMs: CALL_MS } as const;
      const within = AbortSignal.any([signal, AbortSignal.timeout(ISSUE_WITHIN_MS)]);
      const answer = await persistently(() => apiCall(api, call, within), { signal: within, random });
      if (answer?.drills.length !== count) throw new PortError('malformed', `the API did not give the ${count} nonces it was asked for`);
      // Its clock against ours, for its refusals carry its times.
      aheadMs = (answer.drills[0]?.expiresAt.getTime() ?? now().getTime()) - ttlSeconds * 1000 - now().getTime();
      for (const { nonce } of answer.drills) issued.add(nonce);
      return answer.drills.map((drill): Drill => ({ ...drill, owner }));
    },

    drills: {
      register: () => Promise.reject(new PortError('unsupported', 'the API makes nonces itself and registers no others')),
      isLive: async (nonce, signal) => (await state({ nonce }, 0, signal)) !== undefined,
      async awaitReturns(nonces, signal, receiver) {
        const held = (drill: Awaited) => persistently(() => state(drill, WAIT_S, signal), { signal, random });
        const returns = await Promise.all(nonces.map(nonce => awaited({ nonce, receiver }, { held, lastLook, signal })));
        return returns.flatMap(back => back ?? []);
      },
      async refusalsSince(since, signal, nonces = []) {
        const states = await Promise.all([...issued].map(nonce => state({ nonce }, 0, signal)));
        const from = new Date(since.getTime() + aheadMs);
        return distinct(states.flatMap(found => found?.refusals ?? [])).filter(refusal => isAskedFor(refusal, from, nonces));
      },
    },
  };
}

interface Awaited {
  readonly nonce: string;
  readonly receiver?: string | undefined;
}

type AskState = (drill: Awaited, waitS: number, signal: AbortSignal) => Promise<DrillState | undefined>;

interface Wait {
  readonly held: (drill: Awaited) => Promise<DrillState | undefined>;
  readonly lastLook: (drill: Awaited) => Promise<DrillState | undefined>;
  readonly signal: AbortSignal;
}

/** Held by the API until it is back, again and again; when time is up, one last look. */
async function awaited(drill: Awaited, { held, lastLook, signal }: Wait): Promise<DrillReturn | undefined> {
  while (!signal.aborted) {
    const found = await held(drill).catch((err: unknown) => {
      if (signal.aborted) return undefined;
      throw err;
    });
    if (found?.returned && cameThrough(found, drill.receiver)) return returnOf(found);
    if (found === undefined) break;
  }
  const last = await lastLook(drill).catch(() => undefined);
  return last?.returned ? returnOf(last) : undefined;
}

function returnOf({ nonce, returnedAt = new Date(0), via, receiver }: DrillState): DrillReturn {
  return { nonce, returnedAt, via, ...(receiver !== undefined && { receiver }) };
}

/** Every nonce's state tells of the unread ones again. */
function distinct(refusals: readonly Refusal[]): readonly Refusal[] {
  return [...new Map(refusals.map(refusal => [JSON.stringify(refusal), refusal])).values()];
}
