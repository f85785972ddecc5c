import { randomUUID } from 'node:crypto';
import { kubernetesRollouts } from '../adapters/kubernetes/rollouts.ts';
import { chainRunner } from '../chain/run.ts';
import { HOPS } from '../chain/table.ts';
import { probeController } from '../controllers/alertchainprobe/controller.ts';
import { type StoredAlertChainProbe, storedAlertChainProbe } from '../crds/alertchainprobe/stored.ts';
import { ALERT_CHAIN_PROBE } from '../crds/alertchainprobe/kind.ts';
import type { HopPorts } from '../domain/chain/hop-ports.ts';
import type { Announcer } from '../domain/ports/announcer.ts';
import type { KubeClient } from '../kube/client.ts';
import type { EventSink, KindController } from '../kube/controller.ts';
import type { Store } from '../kube/store.ts';
import type { ControllerSeries } from '../telemetry/controller-metrics.ts';
import type { Logger } from '../telemetry/logger.ts';
import { probeMetrics } from '../telemetry/probe-metrics.ts';
import type { Metrics } from '../telemetry/registry.ts';

export interface ProbesParts {
  readonly client: KubeClient;
  readonly cache: Store<StoredAlertChainProbe>;
  readonly ports: HopPorts;
  readonly announcer: Announcer;
  readonly events: EventSink;
  readonly maxConcurrentRuns: number;
  /** Given each hop as it begins. */
  readonly onBegun: (hop: Promise<unknown>) => void;
  readonly metrics: Metrics;
  readonly controllers: (name: string) => ControllerSeries;
  readonly log: Logger;
}

/** The controller that runs the chains of AlertChainProbes. */
export function probes(parts: ProbesParts): KindController {
  const { client, cache, ports, log } = parts;
  const runChain = chainRunner({
    table: HOPS,
    ports,
    monotonic: () => performance.now(),
    onBegun: parts.onBegun,
    onFault: fault => log.error({ probe: fault.probe, hop: fault.hop, err: fault.error }, 'a hop failed unexpectedly'),
  });
  const counted = probeMetrics(parts.metrics);
  counted.readFrom(() => health(cache));
  return probeController({
    runChain,
    announcer: parts.announcer,
    rollouts: kubernetesRollouts(client),
    metrics: counted,
    newRunId: randomUUID,
    now: ports.now,
    maxConcurrentRuns: parts.maxConcurrentRuns,
    frame: {
      client,
      cache,
      parse: storedAlertChainProbe,
      events: parts.events,
      fieldManager: 'awoooi-operator',
      metrics: parts.controllers(ALERT_CHAIN_PROBE.singular),
      log,
      now: ports.now,
      random: Math.random,
    },
  });
}

function* health(cache: Store<StoredAlertChainProbe>): Iterable<string> {
  for (const { status } of cache.list()) yield status?.conditions?.find(({ type }) => type === 'ChainHealthy')?.status ?? 'Unknown';
}
