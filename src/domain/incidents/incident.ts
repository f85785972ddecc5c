import type { RunPhase } from '../../crds/repairrun/status.ts';
import type { AlertSource, Links, Severity } from '../alerts/alert.ts';

export const INCIDENT_STATUSES = ['open', 'acknowledged', 'resolved'] as const;
export type IncidentStatus = (typeof INCIDENT_STATUSES)[number];

/** How often the anomaly occurred in the windows that end with its newest occurrence, that one included. */
export interface Frequency {
  readonly last1h: number;
  readonly last24h: number;
  readonly last7d: number;
  readonly last30d: number;
}

export const HAPPENINGS = [
  'opened',
  'reopened',
  'acknowledged',
  'unacknowledged',
  'resolved',
  'resolution-held',
  'silenced',
  'unsilenced',
  'analysed',
  'escalated',
  'repair-proposed',
  'repair-started',
  'repair-ended',
] as const;

export const DELIVERY_STATES = ['pending', 'delivered', 'skipped', 'dead'] as const;

/** What happened to an incident. `who` is a person or a token by name, `operator` for ourselves, or the sender of the alert. */
export interface TimelineEntry {
  readonly at: Date;
  readonly what: (typeof HAPPENINGS)[number];
  readonly who: string;
  readonly detail?: string;
}

/** What a model, or where none was asked the rules, make of an incident. */
export interface Analysis {
  /** Who says so: the name of the model, or `rules`. */
  readonly by: string;
  readonly asked: 'model' | 'rules';
  /** Why the rules spoke, where a model should have. */
  readonly because?: string;
  readonly rootCause: string;
  readonly impact: string;
  readonly fix: string;
  readonly prevention: string;
  /** 0 to 1. */
  readonly confidence: number;
  readonly at: Date;
}

/** A silence that was made from a card, and can be ended from it. */
export interface IncidentSilence {
  readonly id: string;
  readonly by: string;
  readonly endsAt: Date;
}

/** A repair of an incident, as its RepairRun stands. */
export interface IncidentRepair {
  /** By which the API and the buttons name it: `status.approvalId` of the run. */
  readonly approvalId: string;
  /** NAMESPACE/NAME of the RepairRun. */
  readonly run: string;
  /** Name of the playbook. */
  readonly playbook: string;
  /** What is done, in one sentence. */
  readonly summary: string;
  readonly tier: number;
  readonly phase: RunPhase;
  /** How it stands, in one sentence. */
  readonly detail: string;
  /** For whom it waits: for an approval, or for a person who says whether what was asked of people helped. */
  readonly waitsFor?: 'approval' | 'people';
  readonly expiresAt?: Date;
  /** Who decided about it last: a person by name, or `gate`. */
  readonly by?: string;
  readonly updatedAt: Date;
}

/** How one channel stands to an incident. */
export interface Delivery {
  readonly channel: string;
  readonly state: (typeof DELIVERY_STATES)[number];
  /** Of the last change of state, or of the last attempt. */
  readonly at: Date;
  readonly attempts: number;
  /** Since when it waits, while it is pending. */
  readonly since?: Date;
  /** When it comes again, while it was put off. */
  readonly due?: Date;
  /** Why it was skipped, or why the last attempt failed. */
  readonly reason?: string;
  /** What the channel has to remember for the next time, such as the id of its message. */
  readonly memo: Readonly<Record<string, string>>;
}

export interface Incident {
  readonly id: string;
  readonly anomalyKey: string;
  readonly source: AlertSource;
  readonly name: string;
  /** The most urgent that any of its alerts had. */
  readonly severity: Severity;
  readonly status: IncidentStatus;
  /** Rises with every change: what was delivered of an older revision is out of date. */
  readonly revision: number;
  readonly openedAt: Date;
  /** When the trouble of its newest occurrence began, where the sender says so: often a while before it was told. */
  readonly startedAt?: Date;
  readonly updatedAt: Date;
  readonly acknowledgedAt?: Date;
  readonly resolvedAt?: Date;
  readonly firstSeen: Date;
  readonly lastSeen: Date;
  /** Of this incident. */
  readonly occurrences: number;
  /** Of the anomaly, this incident and earlier ones. */
  readonly frequency: Frequency;
  /** How many of its alerts fire. */
  readonly firing: number;
  /** Since when none does, where their senders said so of the last of them: a person who resolves it says nothing of its alerts. */
  readonly quietSince?: Date;
  /** When the last of those that resolved had ended, by their senders' word: they tell it up to minutes later. No later than they told it. */
  readonly endedAt?: Date;
  /** Of the alert of its newest occurrence, as its sender gives it: by that it is traced. */
  readonly fingerprint: string;
  /** Of its newest occurrence. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly links: Links;
  readonly analysis?: Analysis;
  readonly silence?: IncidentSilence;
  /** Oldest first. */
  readonly repairs: readonly IncidentRepair[];
  readonly timeline: readonly TimelineEntry[];
  readonly deliveries: readonly Delivery[];
}
