import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { apiServerAddresses } from '../adapters/kubernetes/api-server-addresses.ts';
import { kubernetesProbeReader } from '../adapters/kubernetes/probe-reader.ts';
import { kubernetesTokenReviewer } from '../adapters/kubernetes/token-reviewer.ts';
import type { Config } from '../config/load.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Controller } from '../kube/controller.ts';
import { EventRecorder } from '../kube/events.ts';
import { LeaseElection } from '../kube/lease.ts';
import { runControllers } from '../kube/run-controllers.ts';
import { kubeClient } from '../kube/transport.ts';
import { type GuardedClient, outgoingClient } from '../net/outgoing.ts';
import { type IntakeMetrics, intakeMetrics } from '../telemetry/intake-metrics.ts';
import { learningMetrics } from '../telemetry/learning-metrics.ts';
import { type KubeMetrics, kubeMetrics } from '../telemetry/kube-metrics.ts';
import { type Logger, logger } from '../telemetry/logger.ts';
import { type Metrics, metrics } from '../telemetry/registry.ts';
import { openDoors } from '../webhook/auth/open-doors.ts';
import { type Caches, caches } from './caches.ts';
import { controlled, type Repairing } from './controlled.ts';
import { failingRecords } from './delivery-failpoints.ts';
import { deliveryPorts } from './delivery-ports.ts';
import { incidentWork } from './incident-work.ts';
import { clusterCredentials } from './kube-access.ts';
import { liveCredentials } from './live-credentials.ts';
import { measuredClient } from './measured-client.ts';
import { measuredLessons } from './measured-lessons.ts';
import { repairDesk } from './repair-desk.ts';
import { servers } from './servers.ts';
import { type Stores, stores } from './stores.ts';
import { Unfinished } from './unfinished.ts';
import { VERSION } from './version.ts';
import { timingsOf } from './witness.ts';

const now = (): Date => new Date();

/** For hops to take back what they asked for; with all else, a shutdown takes less than ten seconds. */
const TAKE_BACK_MS = 7_000;

/** One for the renewal, one for a renewal that was given up and holds its connection. */
const LEASE_CONNECTIONS = 2;

const LONGEST_ANSWER_BYTES = 64 * 1024 * 1024;

/** What every part of the process shares. */
interface Base {
  readonly config: Config;
  readonly identity: string;
  /** Origin of the API server. */
  readonly server: string;
  readonly client: KubeClient;
  /** Of the lease alone: status writes that take long must not stand before its renewals. */
  readonly leaseClient: KubeClient;
  readonly page: Metrics;
  readonly kube: KubeMetrics;
  readonly log: Logger;
  readonly now: () => Date;
}

export interface Surrounded {
  /** Variables that look like ours and are none, a sentence for each. */
  readonly strangers: readonly string[];
  readonly stop: AbortSignal;
}

/**
 * Runs the operator until `stop` aborts: servers on every replica, controllers on the leader. Throws when it cannot
 * start or something that it cannot do without ends by itself.
 */
export async function operator(config: Config, { strangers, stop }: Surrounded): Promise<void> {
  const log = logger({ level: config.log.level, fields: { version: VERSION } });
  if (strangers.length > 0) log.warn({ variables: strangers }, 'variables that look like ours are not read');
  const page = metrics();
  const kube = kubeMetrics(page);
  const identity = config.kubernetes.identity ?? `${hostname()}-${randomBytes(4).toString('hex')}`;
  const credentials = await clusterCredentials(config.kubernetes);
  const access = { credentials, userAgent: `awoooi-operator/${VERSION}` };
  const client = measuredClient(kubeClient(access), call => kube.call(call));
  const leaseClient = measuredClient(kubeClient({ ...access, connections: LEASE_CONNECTIONS }), call => kube.call(call));
  const kept = stores({ config, replica: identity, page, log, now });
  const base = { config, identity, server: credentials.server, client, leaseClient, page, kube, log, now };
  try {
    await serve(base, { kept, stop });
  } finally {
    kept.close();
    // Not before the listeners: what they still answer asks the API server.
    await client.close();
    await leaseClient.close();
    log.info({}, 'stopped');
  }
}

/** Servers before controllers, and after them: what a canary of the last run brings back is still taken in. */
async function serve(base: Base, { kept, stop }: { kept: Stores; stop: AbortSignal }): Promise<void> {
  const { config, identity, client, page, log, now } = base;
  // Of its own: where settings lead is for whoever runs the operator to say, and no spec leads there. Alertmanager's list of what fires can
  // be long.
  const outgoing = outgoingClient({ maxAnswerBytes: LONGEST_ANSWER_BYTES });
  const stores = failingRecords(kept, config.faults.failpoint);
  const ports = deliveryPorts({ config, stores, outgoing, now });
  const seen = caches({ client, namespaces: config.kubernetes.namespaces, kube: base.kube, log });
  const desk = repairDesk({ config, client, seen, now });
  const incidents = incidentWork({ config, stores, ports, outgoing, desk, identity, page, log, now });
  const lessons = learningMetrics(page);
  const intake = intakeMetrics(page, now());
  warnOfOpenDoors(config, { intake, log });
  const serving = await servers({
    config,
    stores,
    page,
    intake,
    incidents,
    desk,
    learningMetrics: lessons,
    adviser: config.analyser.url === undefined ? undefined : ports.adviser,
    probes: kubernetesProbeReader(client),
    tokenReviewer: kubernetesTokenReviewer(client),
    log,
    now,
  });
  try {
    await firstConnection(kept, stop);
    incidents.start();
    // At once: deliveries that hang must not add their time to that of hops that hang.
    stop.addEventListener('abort', () => void incidents.close(), { once: true });
    const repairing = {
      desk,
      incidents: incidents.incidents,
      lessons: measuredLessons(stores.learning, lessons),
      people: incidents.people,
      timings: timingsOf(config, outgoing),
    };
    await control(base, { kept, seen, repairing, poller: incidents.presses.poller, ready: serving.ready, stop });
  } finally {
    await Promise.all([serving.close(), incidents.close()]);
    // Not before the deliveries: what they still send goes out by it.
    await outgoing.close();
  }
}

const FIRST_CONNECTION_MS = 2_000;

/** What works in the background finds its store at its first turn, not some seconds later at its second; it begins also without. */
async function firstConnection({ redis }: Stores, stop: AbortSignal): Promise<void> {
  await redis.ready(AbortSignal.any([stop, AbortSignal.timeout(FIRST_CONNECTION_MS)])).catch(() => {});
}

interface Control {
  readonly kept: Stores;
  readonly seen: Caches;
  readonly repairing: Repairing;
  readonly poller: Controller | undefined;
  readonly ready: (yes: boolean) => void;
  readonly stop: AbortSignal;
}

/** Only what runs probes calls where specs lead: alerts are taken in while the API server, or its name, is still away. */
async function control(base: Base, { kept, seen, repairing, poller, ready, stop }: Control): Promise<void> {
  const { config, server, client, log } = base;
  const over = new AbortController();
  const outgoing = outgoingClient(config.network);
  const hops = new Unfinished();
  try {
    const events = eventRecorder(base);
    // Wired before it is known what specs are kept from: the series of the controllers are there from the first moment on.
    const controllers = controlled({ ...base, outgoing, hops, kept, seen, repairing, events });
    const running = {
      election: election(base),
      controllers: [...controllers, ...(poller ? [poller] : [])],
      reflectors: Object.values(seen).map(({ reflectors }) => reflectors),
      events,
    };
    const until = AbortSignal.any([stop, over.signal]);
    const addresses = apiServerAddresses({ server, client, log, random: Math.random, signal: until });
    await denyNext(outgoing, addresses);
    await Promise.all([
      denyOn(outgoing, addresses).finally(() => over.abort()),
      runControllers({ ...running, ready, log, signal: until }).finally(() => over.abort()),
    ]);
  } finally {
    // After the lease is given back: to withdraw an approval or resolve a canary needs no leadership, and the next leader need not wait.
    await hops.settled(TAKE_BACK_MS);
    await outgoing.close();
  }
}

type Addresses = ReturnType<typeof apiServerAddresses>;

async function denyNext(outgoing: GuardedClient, addresses: Addresses): Promise<boolean> {
  const { value, done } = await addresses.next();
  if (value) outgoing.denyBesides(value);
  return done !== true;
}

async function denyOn(outgoing: GuardedClient, addresses: Addresses): Promise<void> {
  while (await denyNext(outgoing, addresses));
}

function eventRecorder({ client, identity, kube, now }: Base): EventRecorder {
  return new EventRecorder({
    client,
    reportingController: 'awoooi.io/operator',
    reportingInstance: identity.slice(0, 128),
    now,
    random: Math.random,
    metrics: kube.events,
  });
}

function election({ config: { kubernetes }, leaseClient: client, identity, kube, log, now }: Base): LeaseElection {
  const { podNamespace: namespace, leaseDurationMs: durationMs, renewDeadlineMs, retryPeriodMs } = kubernetes;
  return new LeaseElection({
    client,
    namespace,
    name: 'awoooi-operator',
    identity,
    times: { durationMs, renewDeadlineMs, retryPeriodMs },
    now,
    random: Math.random,
    metrics: kube.lease,
    log,
  });
}

function warnOfOpenDoors(config: Config, { intake, log }: { intake: IntakeMetrics; log: Logger }): void {
  const open = openDoors(liveCredentials(config, () => performance.now())());
  intake.unauthenticated(open.length > 0);
  if (open.length === 0) return;
  log.warn(
    { open },
    'AWOOOI_ALLOW_UNAUTHENTICATED is set and these have no credential: whoever reaches the operator may send alerts as these senders and, where api is among them, acknowledge, resolve and read incidents',
  );
}
