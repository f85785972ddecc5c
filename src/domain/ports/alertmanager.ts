import type { Route } from '../routing/route.ts';

/** One replica: the URL as the spec gives it, and one address that its name resolved to. */
export interface AlertmanagerReplica {
  readonly url: string;
  readonly address: string;
  /** Sent as Authorization; also masked in errors. */
  readonly authorization?: string;
}

export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: Date;
  readonly endsAt: Date;
}

export interface AlertmanagerStatus {
  readonly version: string;
  /** Members of its cluster, itself included; 0 when it runs alone. */
  readonly clusterPeers: number;
  /** Its own clock, to the second, where the answer told it. */
  readonly time?: Date;
  /** The live route tree, parsed from config.original. */
  readonly route: Route;
  /** Receiver name → the webhook URLs it posts to. 0.25 shows them; where they are redacted (0.33) the list is empty. */
  readonly webhookUrls: ReadonlyMap<string, readonly string[]>;
}

/** What `GET /api/v2/alerts` says of one alert, and `GET /api/v2/alerts/groups` of its muting. */
export interface AlertState {
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly receivers: readonly string[];
  readonly state: 'unprocessed' | 'active' | 'suppressed';
  readonly silencedBy: readonly string[];
  /** Fingerprints. */
  readonly inhibitedBy: readonly string[];
  /** Names of time intervals; empty before Alertmanager 0.28. */
  readonly mutedBy: readonly string[];
}

/** An alert that fires, as Alertmanager tells it: the times to the nanosecond, as their text. */
export interface FiringAlert {
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  /** Empty where its sender gave none. */
  readonly generatorUrl: string;
}

export interface Silence {
  readonly id: string;
  readonly createdBy: string;
  readonly comment: string;
  readonly endsAt: Date;
}

/**
 * Counters of the webhook integration since Alertmanager's start: of one receiver where it counts receivers apart, else of all.
 * A notification counts in `sent` when its first attempt begins and in `failed` when Alertmanager gives it up;
 * a request counts when it has ended.
 */
export interface NotificationCounters {
  readonly sent: number;
  readonly failed: number;
  readonly requests: number;
  readonly requestsFailed: number;
  /** Empty before 0.26. */
  readonly failedByReason: Readonly<Record<string, number>>;
}

/** Alertmanager's API, one replica at a time. Failures are PortErrors. */
export interface Alertmanager {
  /** Every address that the URL's name resolves to; a literal address is itself. */
  replicas(url: string, authorization: string | undefined, signal: AbortSignal): Promise<readonly AlertmanagerReplica[]>;
  post(replica: AlertmanagerReplica, alerts: readonly PostedAlert[], signal: AbortSignal): Promise<void>;
  status(replica: AlertmanagerReplica, signal: AbortSignal): Promise<AlertmanagerStatus>;
  /** By its own clock. */
  upForMs(replica: AlertmanagerReplica, signal: AbortSignal): Promise<number>;
  /** Alerts whose label has this value, with their state; silenced, inhibited and muted ones too. */
  alerts(replica: AlertmanagerReplica, match: { label: string; value: string }, signal: AbortSignal): Promise<readonly AlertState[]>;
  alertByFingerprint(replica: AlertmanagerReplica, fingerprint: string, signal: AbortSignal): Promise<AlertState | undefined>;
  /** What fires and goes to this receiver, neither silenced, inhibited nor muted for the time of day. */
  firing(replica: AlertmanagerReplica, receiver: string, signal: AbortSignal): Promise<readonly FiringAlert[]>;
  silence(replica: AlertmanagerReplica, id: string, signal: AbortSignal): Promise<Silence | undefined>;
  counters(replica: AlertmanagerReplica, of: { receiver: string }, signal: AbortSignal): Promise<NotificationCounters>;
}
