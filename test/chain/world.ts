import { environmentSecrets } from '../../src/adapters/environment/secret-reader.ts';
import { memoryDrillRegistry } from '../../src/adapters/memory/drill-registry.ts';
import { memoryWatchdogSightings } from '../../src/adapters/memory/watchdog-sightings.ts';
import { signozChannels } from '../../src/adapters/signoz/channels.ts';
import { telegramBot } from '../../src/adapters/telegram/telegram-bot.ts';
import { httpTarget } from '../../src/adapters/target/http-target.ts';
import { AlertChainProbeSpec } from '../../src/crds/alertchainprobe/spec.ts';
import type { HopPorts, RunRequest } from '../../src/domain/chain/hop-ports.ts';
import type { HopResult } from '../../src/domain/chain/hop-result.ts';
import type { DrillRegistry } from '../../src/domain/ports/drill-registry.ts';
import { PortError } from '../../src/domain/ports/port-error.ts';
import type { WatchdogSightings } from '../../src/domain/ports/watchdog-sightings.ts';
import { type OutgoingClient, outgoingClient } from '../../src/net/outgoing.ts';
import type { RunHop } from '../../src/chain/hop.ts';

/** What a hop finds around it: real adapters over a real client, memory for what lives in Redis. */
export interface HopWorld {
  readonly ports: HopPorts & { readonly drills: DrillRegistry };
  readonly client: OutgoingClient;
  readonly env: Record<string, string>;
  close(): Promise<void>;
}

const now = (): Date => new Date();

const away = async (): Promise<never> => {
  throw new PortError('unavailable', 'Redis does not answer');
};

const unused = (): never => {
  throw new Error('this hop does not use that port');
};

export function hopWorld(own: Partial<HopWorld['ports']> = {}): HopWorld {
  const client = outgoingClient();
  const env: Record<string, string> = {};
  const ports: HopWorld['ports'] = {
    http: httpTarget(client),
    secrets: environmentSecrets(env),
    drills: memoryDrillRegistry({ now }),
    watchdogs: memoryWatchdogSightings(),
    alertmanager: {
      replicas: unused,
      post: unused,
      status: unused,
      upForMs: unused,
      alerts: unused,
      alertByFingerprint: unused,
      firing: unused,
      silence: unused,
      counters: unused,
    },
    signoz: signozChannels(client),
    telegram: telegramBot(client),
    publicUrl: 'http://awoooi.example',
    now,
    ...own,
  };
  return { ports, client, env, close: () => client.close() };
}

/** A registry whose store does not answer. */
export function drillsAway(): DrillRegistry {
  return {
    register: away,
    isLive: away,
    recordReturn: away,
    find: away,
    awaitReturns: away,
    recordRefusal: away,
    refusalsSince: away,
  };
}

export function watchdogsAway(): WatchdogSightings {
  return { record: away, list: away };
}

/** A request for a probe with this spec, as the API server would have completed it. */
export function requestFor(spec: Readonly<Record<string, unknown>>): RunRequest {
  const complete = AlertChainProbeSpec.parse({ schedule: { every: '1h' }, ...spec });
  return { namespace: 'monitoring', name: 'production', runId: 'run-1', spec: complete };
}

export interface Trial {
  readonly hop: Readonly<Record<string, unknown>>;
  readonly target?: { readonly url: string; readonly auth?: unknown };
  readonly timeoutMs?: number;
}

/** Runs one hop as the run would, without the run's own guard. */
export async function tryHop(
  run: RunHop,
  { ports }: { readonly ports: HopPorts },
  { hop, target, timeoutMs = 20_000 }: Trial,
): Promise<HopResult> {
  const request = requestFor({ hops: [{ name: 'it', ...hop }], ...(target && { target }) });
  const [spec] = request.spec.hops;
  if (!spec) throw new Error('the spec lost its hop');
  const began = performance.now();
  const elapsedMs = (): number => performance.now() - began;
  return run(spec, { request, ports, signal: AbortSignal.timeout(timeoutMs), startedAt: ports.now(), elapsedMs, timeoutMs });
}
