import type { Alert, PrometheusSender } from '../../domain/alerts/alert.ts';
import { alertOf } from '../../domain/alerts/alert-of.ts';
import type { ParsedAlert, ReadAlert } from '../../domain/alerts/read-alert.ts';
import { hasDrillMarker, isChannelTest, nonceOf } from '../../domain/drills/alert.ts';
import { type Recognised, recognise } from '../../domain/drills/recognise.ts';
import type { AlertIntake } from '../../domain/ports/alert-intake.ts';
import type { DrillRegistry } from '../../domain/ports/drill-registry.ts';
import type { AlertsOfBody } from './alert-body.ts';
import { hearWatchdogs, type WatchdogPorts } from './hear-watchdogs.ts';
import type { Outcome } from './outcome.ts';
import { takeAlerts } from '../../domain/incidents/take-alerts.ts';

export interface IntakePorts extends WatchdogPorts {
  readonly drills: DrillRegistry;
  readonly intake: Pick<AlertIntake, 'touch'>;
}

export interface Delivery {
  readonly source: PrometheusSender;
  readonly at: Date;
  readonly body: AlertsOfBody;
}

type Known = { readonly is: 'known'; readonly alert: ReadAlert; readonly what: Recognised };
type Entry = Extract<ParsedAlert, { is: 'bad' }> | Known;

const NO_NONCES: ReadonlySet<string> = new Set();
const RULE_TEST: Outcome = { is: 'ignored', reason: 'it is a test notification of a SigNoz rule' };

/**
 * Recognises every alert of a body and records what has to last; alerts become part of incidents. Resolves only once the store holds it
 * all, with what became of each; throws PortError otherwise, and the sender tries again.
 */
export async function receive(ports: IntakePorts, delivery: Delivery, signal: AbortSignal): Promise<readonly Outcome[]> {
  const { source, body } = delivery;
  const live = await liveNonces(ports.drills, body.alerts, signal);
  const isLive = (nonce: string): boolean => live.has(nonce);
  const entries = body.alerts.map(
    (parsed): Entry =>
      parsed.is === 'bad' ? parsed : { is: 'known', alert: parsed.alert, what: recognise(parsed.alert, { source, isLive }) },
  );
  const known = entries.flatMap(entry => (entry.is === 'known' ? [entry] : []));
  await record(ports, { ...delivery, known }, signal);
  // Alerts go last: all else may be repeated without a trace when the sender has to come again.
  const real = known.flatMap(({ alert, what }): Alert[] => (what.is === 'real' ? [alertOf(source, alert)] : []));
  const ingested = (await takeAlerts(ports, real, signal)).values();
  return entries.map(entry => outcomeOf(entry, () => ingested.next().value));
}

function outcomeOf(entry: Entry, next: () => Outcome | undefined): Outcome {
  if (entry.is === 'bad') return entry;
  if (entry.what.is === 'rule-test') return RULE_TEST;
  if (entry.what.is !== 'real') return { is: 'drill', isDirect: entry.what.is === 'drill' };
  return next() ?? { is: 'ignored', reason: 'the store gave no answer for it' };
}

async function liveNonces(drills: DrillRegistry, alerts: readonly ParsedAlert[], signal: AbortSignal): Promise<ReadonlySet<string>> {
  const claimed = alerts.flatMap(parsed => {
    if (parsed.is === 'bad' || !(hasDrillMarker(parsed.alert) || isChannelTest(parsed.alert))) return [];
    return nonceOf(parsed.alert) ?? [];
  });
  if (claimed.length === 0) return NO_NONCES;
  const answers = await Promise.all([...new Set(claimed)].map(async nonce => ({ nonce, live: await drills.isLive(nonce, signal) })));
  return new Set(answers.flatMap(({ nonce, live }) => (live ? [nonce] : [])));
}

async function record(ports: IntakePorts, delivery: Delivery & { readonly known: readonly Known[] }, signal: AbortSignal): Promise<void> {
  const { source, at, body, known } = delivery;
  if (known.some(({ what }) => what.is !== 'drill')) await ports.intake.touch(at, signal);
  // Nearly always: then nothing else has to last but the alerts themselves.
  if (known.every(({ what }) => what.is === 'real')) return;
  const heard = known.filter(({ what }) => what.is === 'watchdog').map(({ alert }) => alert);
  const receiver = body.receiver !== undefined && { receiver: body.receiver };
  await Promise.all([
    ...returned(known).map(nonce => ports.drills.recordReturn({ nonce, returnedAt: at, via: source, ...receiver }, signal)),
    hearWatchdogs(ports, { source, at, heard }, signal),
  ]);
}

/** Only a firing drill is one that came back; its resolution comes later and by itself. */
function returned(known: readonly Known[]): string[] {
  return known.flatMap(({ alert, what }) => ('nonce' in what && alert.status === 'firing' ? (what.nonce ?? []) : []));
}
