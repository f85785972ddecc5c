import type { AlertChainProbeSpec } from '../../crds/alertchainprobe/spec.ts';
import type { Alertmanager } from '../ports/alertmanager.ts';
import type { Drill, DrillRegistry } from '../ports/drill-registry.ts';
import type { HttpTarget } from '../ports/http-target.ts';
import type { SecretReader } from '../ports/secret-reader.ts';
import type { SignozChannels } from '../ports/signoz-channels.ts';
import type { TelegramBot } from '../ports/telegram-bot.ts';
import type { WatchdogSightings } from '../ports/watchdog-sightings.ts';
import type { RunResult } from './hop-result.ts';

/** As many nonces as a hop sends, and for how long they are taken for drills. */
export interface DrillOrder {
  readonly count: number;
  readonly owner: string;
  readonly ttlMs: number;
}

/** All that hops need of the world. */
export interface HopPorts {
  readonly http: HttpTarget;
  readonly secrets: SecretReader;
  readonly drills: Pick<DrillRegistry, 'register' | 'isLive' | 'awaitReturns' | 'refusalsSince'>;
  /** Where nonces are made and registered by somebody else, as by the API for the CLI; else the hops make their own. */
  readonly issueDrills?: (order: DrillOrder, signal: AbortSignal) => Promise<readonly Drill[]>;
  readonly alertmanager: Alertmanager;
  readonly signoz: SignozChannels;
  readonly telegram: TelegramBot;
  readonly watchdogs: WatchdogSightings;
  /** AWOOOI_PUBLIC_URL: where senders reach our webhooks. */
  readonly publicUrl: string | undefined;
  readonly now: () => Date;
  /** The operator's default connections (DESIGN.md section 3), where the namespace may use them. */
  readonly defaultSignoz?: (namespace: string) => { readonly url: string; readonly apiKey: string } | undefined;
}

/** What a run is told about the probe it runs for. */
export interface RunRequest {
  readonly namespace: string;
  readonly name: string;
  readonly runId: string;
  readonly spec: AlertChainProbeSpec;
}

/** Runs all hops of one probe within its timeout. Never throws for a failed hop; a hop that throws is `Unexpected`. */
export type RunChain = (request: RunRequest, signal: AbortSignal) => Promise<RunResult>;
