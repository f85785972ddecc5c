import { randomUUID } from 'node:crypto';
import { alertmanagerApi } from '../adapters/alertmanager/alertmanager.ts';
import { drainReceived } from '../adapters/redis/drain-received.ts';
import type { Config } from '../config/load.ts';
import { type CatchUp, catchUp } from '../delivery/catch-up.ts';
import { type Chore, chore } from '../delivery/chore.ts';
import { outboxDepth } from '../delivery/depth.ts';
import { type KnownWatchdogs, knownWatchdogs } from '../delivery/known-watchdogs.ts';
import { settling } from '../delivery/settling.ts';
import type { Repeating } from '../delivery/repeating.ts';
import { mending } from '../delivery/mending.ts';
import type { PrometheusSender } from '../domain/alerts/alert.ts';
import { mendChain } from '../domain/drills/mend-chain.ts';
import { isResolved } from '../domain/drills/tell-broken.ts';
import { deliveryWorkers } from '../delivery/worker.ts';
import { receivedAlert } from '../domain/alerts/received-alert.ts';
import { CHANNELS, changeTold, toldOf } from '../domain/incidents/told.ts';
import type { ReceivedAlert } from '../domain/ports/alert-intake.ts';
import type { IncidentStore } from '../domain/ports/incident-store.ts';
import type { People } from '../domain/ports/people.ts';
import type { SentryListedIssue } from '../domain/ports/sentry.ts';
import { listedAlert } from '../domain/sentry/listed-alert.ts';
import type { OutgoingClient } from '../net/outgoing.ts';
import { deliveryMetrics } from '../telemetry/delivery-metrics.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/registry.ts';
import { readAlertBody } from '../webhook/intake/alert-body.ts';
import { type IntakePorts, receive } from '../webhook/intake/receive.ts';
import { takeAlerts } from '../domain/incidents/take-alerts.ts';
import { deliveryChannels } from './delivery-channels.ts';
import type { DeliveryPorts } from './delivery-failpoints.ts';
import { errands } from './errands.ts';
import type { RepairDesk } from './repair-desk.ts';
import type { Stores } from './stores.ts';
import { telegramChats } from './telegram-chats.ts';
import { type TelegramPresses, telegramPresses } from './telegram-presses.ts';
import { tellersOf } from './tellers.ts';

export interface IncidentWorkParts {
  readonly config: Config;
  readonly stores: Stores;
  readonly ports: DeliveryPorts;
  readonly outgoing: OutgoingClient;
  readonly desk: RepairDesk;
  readonly identity: string;
  readonly page: Metrics;
  readonly log: Logger;
  readonly now: () => Date;
}

/** What every replica does with incidents, whoever leads. */
export interface IncidentWork {
  /** What the intake needs to make incidents of alerts. */
  readonly intake: IntakePorts;
  readonly incidents: IncidentStore;
  /** Who is told when a person changes an incident. */
  readonly changeTold: readonly string[];
  readonly presses: TelegramPresses;
  /** Who is told what a repair leaves to people. */
  readonly people: People;
  /** A sender sent less than it had. */
  truncated(source: PrometheusSender): void;
  /** A sender was refused because the store was away. */
  missed(): void;
  /** Begins to deliver, to resolve what has settled, and to catch up. */
  start(): void;
  /** Lets deliveries under way end; what is left is given to others. */
  close(): Promise<void>;
}

export function incidentWork(parts: IncidentWorkParts): IncidentWork {
  const { config, stores, ports, identity: consumer, page, log, now } = parts;
  const tellers = tellersOf(config);
  let watchdogs: KnownWatchdogs | undefined;
  const told = changeTold(tellers);
  const metrics = deliveryMetrics(page, CHANNELS);
  const intake: IntakePorts = {
    incidents: ports.incidents,
    drills: stores.drills,
    intake: stores.intake,
    watchdogs: { ...stores.watchdogs, record: (sighting, signal) => (watchdogs?.sightings ?? stores.watchdogs).record(sighting, signal) },
    chain: stores.chain,
    told: alert => toldOf(alert, { ...tellers, repairs: parts.desk.hasPlaybooks() }),
    settleMs: ({ source }) => (watchdogs?.isKnown(source) === false ? 0 : config.incidents.settleMs),
    newRandom,
  };
  const chatBook = telegramChats(parts);
  const presses = telegramPresses({ ...parts, chatBook, tell: told });
  const workers = deliveryWorkers({
    ...ports,
    channels: deliveryChannels({ ...parts, chatBook, tellers }),
    consumer,
    giveUpAfterMs: config.delivery.giveUpAfterMs,
    metrics,
    log,
    random: Math.random,
    limits: { actWithinMsOf: { analysis: config.analyser.timeoutMs + ANALYSIS_GRACE_MS } },
  });
  const begun: { close(): Promise<void> }[] = [];
  let catching: CatchUp | undefined;
  return {
    intake,
    incidents: ports.incidents,
    changeTold: told,
    presses,
    people: errands({ ...parts, chatBook }),
    truncated: source => catching?.truncated(source),
    missed: () => catching?.missed(),
    start() {
      workers.start();
      catching = catchingUp(parts, { intake, metrics });
      stores.redis.onReturn(() => catching?.missed());
      const common = { log, random: Math.random };
      watchdogs = knownWatchdogs({ watchdogs: stores.watchdogs, now, ...common });
      begun.push(
        workers,
        watchdogs,
        takingOver(parts, intake),
        ...(presses.upkeep ? [presses.upkeep()] : []),
        catching,
        mendingChains(parts, intake),
        settling({ incidents: ports.incidents, chains: stores.chain, tell: told, ...common }),
        outboxDepth({ outbox: stores.outbox, metrics, ...common }),
      );
    },
    async close() {
      await Promise.all(begun.map(one => one.close()));
    },
  };
}

function mendingChains({ stores, ports, log, now }: IncidentWorkParts, intake: IntakePorts): Repeating {
  const { chain: chains, watchdogs } = stores;
  const find = (id: string, signal: AbortSignal) => ports.incidents.find(id, signal);
  return mending({
    chains,
    watchdogs,
    isResolved: (chain, signal) => isResolved({ ...intake, find }, chain, signal),
    mend: (chain, signal) => mendChain(intake, chain, signal),
    now,
    log,
    random: Math.random,
  });
}

/** The rules still have to speak after a model that did not. */
const ANALYSIS_GRACE_MS = 5_000;

const TAKE_OVER_WITHIN_MS = 300_000;

/** What an earlier version left in Redis goes the way of what is sent; tried until all of it was taken in once. */
function takingOver({ stores, log }: IncidentWorkParts, intake: IntakePorts): Chore {
  const taking = chore({
    what: 'taking in the alerts that an earlier version left in Redis',
    withinMs: TAKE_OVER_WITHIN_MS,
    async run(signal) {
      const take = async (received: readonly ReceivedAlert[]): Promise<void> =>
        void (await takeAlerts(
          intake,
          received.flatMap(one => receivedAlert(one) ?? []),
          signal,
        ));
      const { taken, unreadable } = await drainReceived(stores.redis.commands, take, signal);
      if (taken + unreadable > 0) log.info({ taken, unreadable }, 'took in the alerts that an earlier version had left in Redis');
    },
    ended: () => {},
    log,
    random: Math.random,
  });
  taking.owe();
  return taking;
}

/** What is fetched goes the way of what is sent. */
function catchingUp(
  parts: IncidentWorkParts,
  { intake, metrics }: { intake: IntakePorts; metrics: ReturnType<typeof deliveryMetrics> },
): CatchUp {
  const { config, stores, ports, outgoing, log, now } = parts;
  const { urls, authorization, receiver } = config.alertmanagers;
  const takeIn = async (issues: readonly SentryListedIssue[], signal: AbortSignal): Promise<void> =>
    void (await takeAlerts(
      intake,
      issues.flatMap(issue => listedAlert(issue) ?? []),
      signal,
    ));
  return catchUp({
    alertmanagers: { api: alertmanagerApi(outgoing), urls, authorization: () => authorization?.current(), receiver },
    async post(given, signal) {
      const at = now();
      const body = readAlertBody(given, at);
      if (body.is === 'alerts') await receive(intake, { source: 'alertmanager', at, body }, signal);
    },
    ...(config.sentry.apiToken && config.sentry.org !== undefined && { sentry: { api: ports.sentry, takeIn } }),
    sentrySends: [config.sentry.clientSecrets, config.sentry.urlTokens].some(given => given.current().length > 0),
    lastGood: stores.lastGood,
    metrics,
    log,
    now,
    random: Math.random,
  });
}

/** 13 hex digits of 52 random bits: of a UUID, of which Node makes many at once. The digit of its version is left out. */
function newRandom(): string {
  const uuid = randomUUID();
  return `${uuid.slice(0, 8)}${uuid.slice(9, 13)}${uuid.slice(15, 16)}`;
}
