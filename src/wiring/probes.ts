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
import { type Reflectors, reflectNamespaces } from '../kube/reflectors.ts';
import { objectStore } from '../kube/store.ts';
import type { ControllerSeries } from '../telemetry/controller-metrics.ts';
import type { KubeMetrics } from '../telemetry/kube-metrics.ts';
import type { Logger } from '../telemetry/logger.ts';
import { probeMetrics } from '../telemetry/probe-metrics.ts';
import type { Metrics } from '../telemetry/registry.ts';

export interface ProbesParts {
  readonly client: KubeClient;
  readonly namespaces: readonly string[];
  readonly ports: HopPorts;
  readonly announcer: Announcer;
  readonly events: EventSink;
  readonly maxConcurrentRuns: number;
  /** Given each hop as it begins. */
  readonly onBegun: (hop: Promise<unknown>) => void;
  readonly metrics: Metrics;
  readonly controllers: (name: string) => ControllerSeries;
  readonly kube: KubeMetrics;
  readonly log: Logger;
}

export interface Probes {
  readonly controller: KindController;
  readonly reflectors: Reflectors;
}

/** The kind AlertChainProbe: its cache, and the controller that runs its chains. */
export function probes(parts: ProbesParts): Probes {
  const { client, ports, log } = parts;
  const store = objectStore<StoredAlertChainProbe>(err => log.error({ err }, 'a listener of the probe cache failed'));
  const series = parts.kube.reflector(ALERT_CHAIN_PROBE.plural);
  const reflectors = reflectNamespaces({
    client,
    resource: ALERT_CHAIN_PROBE,
    namespaces: parts.namespaces,
    store,
    keep: storedAlertChainProbe,
    observer: { ...series, failed: (reason, message) => (series.failed(reason), log.warn({ reason, message }, 'probe watch failed')) },
  });
  series.heardOf(() => reflectors.lastActivity);
  const runChain = chainRunner({
    table: HOPS,
    ports,
    monotonic: () => performance.now(),
    onBegun: parts.onBegun,
    onFault: fault => log.error({ probe: fault.probe, hop: fault.hop, err: fault.error }, 'a hop failed unexpectedly'),
  });
  const controller = probeController({
    runChain,
    announcer: parts.announcer,
    rollouts: kubernetesRollouts(client),
    metrics: probeMetrics(parts.metrics),
    newRunId: randomUUID,
    now: ports.now,
    maxConcurrentRuns: parts.maxConcurrentRuns,
    frame: {
      client,
      cache: store,
      parse: storedAlertChainProbe,
      events: parts.events,
      fieldManager: 'awoooi-operator',
      metrics: parts.controllers(ALERT_CHAIN_PROBE.singular),
      log,
      now: ports.now,
      random: Math.random,
    },
  });
  return { controller, reflectors };
}
