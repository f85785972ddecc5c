import { kubernetesSecretReader } from '../adapters/kubernetes/secret-reader.ts';
import { signozRules } from '../adapters/signoz/rules.ts';
import { announcer } from '../chain/notify.ts';
import type { Config } from '../config/load.ts';
import type { LearningRepository } from '../domain/ports/learning-repository.ts';
import type { AlertRuleTimings } from '../domain/ports/alert-rule-timings.ts';
import type { People } from '../domain/ports/people.ts';
import type { IncidentStore } from '../domain/ports/incident-store.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Controller, EventSink } from '../kube/controller.ts';
import type { OutgoingClient } from '../net/outgoing.ts';
import { controllerMetrics } from '../telemetry/controller-metrics.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/registry.ts';
import { alertRules } from './alert-rules.ts';
import type { Caches } from './caches.ts';
import { defaultSignozOf } from './default-signoz.ts';
import { failingAnnouncer, failingClient, failingNotices, failingPorts } from './failpoints.ts';
import { hopPorts } from './hop-ports.ts';
import { probes } from './probes.ts';
import type { RepairDesk } from './repair-desk.ts';
import { repairs } from './repairs.ts';
import { failingRuleRecords, failingRules } from './rule-failpoints.ts';
import type { Stores } from './stores.ts';
import { tellersOf } from './tellers.ts';
import type { Unfinished } from './unfinished.ts';
import { witness } from './witness.ts';

/** What the repair of incidents shares with those who tell of them. */
export interface Repairing {
  readonly desk: RepairDesk;
  readonly incidents: IncidentStore;
  readonly lessons: LearningRepository;
  readonly people: People;
  readonly timings: AlertRuleTimings | undefined;
}

export interface ControlledParts {
  readonly config: Config;
  readonly client: KubeClient;
  readonly page: Metrics;
  readonly log: Logger;
  readonly now: () => Date;
  readonly outgoing: OutgoingClient;
  readonly hops: Unfinished;
  readonly kept: Stores;
  readonly seen: Caches;
  readonly repairing: Repairing;
  readonly events: EventSink;
}

/** The controllers of every kind. */
export function controlled(parts: ControlledParts): readonly Controller[] {
  const { config, client, page, log, now, outgoing, hops, kept, seen, events } = parts;
  const { failpoint } = config.faults;
  const { server, signoz } = config;
  const { clusterId } = config.kubernetes;
  const secrets = kubernetesSecretReader(client);
  const defaultSignoz = defaultSignozOf(signoz);
  const ports = failingPorts(hopPorts({ outgoing, stores: kept, secrets, publicUrl: server.publicUrl, defaultSignoz, now }), failpoint);
  const shared = { events, metrics: page, controllers: controllerMetrics(page), log };
  return [
    probes({
      ...shared,
      cache: seen.probes.store,
      client: failingClient(client, failpoint),
      ports,
      announcer: failingAnnouncer(announcer(failingNotices(ports, failpoint)), failpoint),
      maxConcurrentRuns: config.probes.maxConcurrentRuns,
      onBegun: hop => hops.add(hop),
    }),
    alertRules({
      ...shared,
      cache: seen.rules.store,
      client: failingRuleRecords(client, failpoint),
      clusterId,
      rules: failingRules(signozRules(outgoing, now), failpoint),
      secrets,
      defaultSignoz,
      now,
    }),
    ...repairsOf(parts, shared),
  ];
}

type Shared = Pick<Parameters<typeof repairs>[0], 'events' | 'metrics' | 'controllers' | 'log'>;

function repairsOf({ config, client, kept, seen, repairing, now }: ControlledParts, shared: Shared): readonly Controller[] {
  const { desk, incidents, lessons: learning, people, timings } = repairing;
  const { promoted } = kept;
  const seenBy = witness({ incidents, kept, seen, timings, now });
  return repairs({
    ...shared,
    config,
    client,
    seen,
    desk,
    incidents,
    learning,
    promoted,
    people,
    witness: seenBy,
    tellers: tellersOf(config),
    now,
  });
}
