import type { HopSpec } from '../crds/alertchainprobe/hop.ts';
import { durationMs } from '../crds/duration.ts';
import type { HopPorts, RunChain, RunRequest } from '../domain/chain/hop-ports.ts';
import type { HopResult } from '../domain/chain/hop-result.ts';
import { failed, type HopContext, type HopTable, unknown } from './hop.ts';

export interface ChainEngine {
  readonly table: HopTable;
  readonly ports: HopPorts;
  /** Milliseconds by a clock that nobody steps: performance.now. */
  readonly monotonic: () => number;
  /** Told of what a hop threw: a fault of ours, for the log. Its text may hold anything and belongs into no status. */
  readonly onFault?: (fault: { readonly probe: string; readonly hop: string; readonly error: unknown }) => void;
  /** Given each hop as it begins: one may outlast its run, to take back what it asked for. */
  readonly onBegun?: (work: Promise<unknown>) => void;
}

/** How long a hop whose time is over may take to say in its own words what it was waiting for. */
const LAST_WORDS_MS = 100;

/** Runs all hops of a probe at once. A hop that hangs or throws ends by itself and delays no other; results stand in the order of the spec. */
export function chainRunner(engine: ChainEngine): RunChain {
  return async (request, signal) => {
    const startedAt = engine.ports.now();
    const runMs = durationMs(request.spec.timeout);
    const hops = await Promise.all(
      request.spec.hops.map(hop => {
        const timeoutMs = Math.min(runMs, hop.timeout === undefined ? runMs : durationMs(hop.timeout));
        return runHop(hop, { request, startedAt, timeoutMs, signal, engine });
      }),
    );
    return { startedAt, finishedAt: engine.ports.now(), hops };
  };
}

interface HopRun {
  readonly request: RunRequest;
  readonly startedAt: Date;
  readonly timeoutMs: number;
  /** Of the whole run. */
  readonly signal: AbortSignal;
  readonly engine: ChainEngine;
}

async function runHop(hop: HopSpec, { request, startedAt, timeoutMs, signal, engine }: HopRun): Promise<HopResult> {
  const began = engine.monotonic();
  const elapsedMs = (): number => engine.monotonic() - began;
  const own = ownSignal(signal, timeoutMs);
  const ctx: HopContext = { request, ports: engine.ports, signal: own.signal, startedAt, elapsedMs, timeoutMs };
  try {
    const settled = settle(hop, ctx, engine);
    engine.onBegun?.(settled);
    const result = await Promise.race([settled, cutOff(hop, { own: own.signal, run: signal, timeoutMs })]);
    return withinBudget(hop, result.result === 'Passed' ? { latencyMs: elapsedMs(), ...result } : result);
  } finally {
    own.end();
  }
}

/** Never rejects, so that a hop which ends long after it was given up on disturbs nobody. */
async function settle(hop: HopSpec, ctx: HopContext, { table, onFault }: ChainEngine): Promise<HopResult> {
  try {
    return await table[hop.type](hop, ctx);
  } catch (error) {
    const probe = `${ctx.request.namespace}/${ctx.request.name}`;
    if (!ctx.signal.aborted) onFault?.({ probe, hop: hop.name, error });
    const kind = error instanceof Error ? error.name : typeof error;
    return failed(hop, { cause: 'Unexpected', message: `The hop broke inside the prober (${kind}); its log says where.` });
  }
}

/** What is said of a hop that did not end by itself: its own time was over, or the whole run was called off. */
function cutOff(hop: HopSpec, { own, run, timeoutMs }: { own: AbortSignal; run: AbortSignal; timeoutMs: number }): Promise<HopResult> {
  return new Promise(resolve => {
    const end = (): void => {
      const calledOff = unknown(hop, { cause: 'Unexpected', message: 'The run was called off before this hop had ended.' });
      const timedOut = failed(hop, { cause: 'TimedOut', message: `No result within ${timeoutMs} ms.`, latencyMs: timeoutMs });
      if (run.aborted) resolve(calledOff);
      else setTimeout(resolve, LAST_WORDS_MS, timedOut);
    };
    if (own.aborted) end();
    else own.addEventListener('abort', end, { once: true });
  });
}

/** Aborts with a TimeoutError at the hop's end of time, or with the run's own reason; `end` leaves no timer and no listener behind. */
function ownSignal(run: AbortSignal, timeoutMs: number): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const onAbort = (): void => controller.abort(run.reason);
  const timer = setTimeout(() => controller.abort(new DOMException(`no result within ${timeoutMs} ms`, 'TimeoutError')), timeoutMs);
  if (run.aborted) onAbort();
  run.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    end: () => {
      clearTimeout(timer);
      run.removeEventListener('abort', onAbort);
    },
  };
}

/** A hop that passed too slowly has failed. The canaries judge their own budget: it covers the way back, not the evidence. */
function withinBudget(hop: HopSpec, result: HopResult): HopResult {
  const { latencyMs, statusCode } = result;
  const isCanary = hop.type === 'AlertmanagerCanary' || hop.type === 'SignozCanary';
  if (result.result !== 'Passed' || isCanary || hop.latencyBudget === undefined || latencyMs === undefined) return result;
  if (latencyMs <= durationMs(hop.latencyBudget)) return result;
  const message = `It worked, but took ${Math.round(latencyMs)} ms; latencyBudget is ${hop.latencyBudget}.`;
  return failed(hop, { cause: 'TimedOut', message, latencyMs, ...(statusCode !== undefined && { statusCode }) });
}
