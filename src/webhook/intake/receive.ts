import { type AlertSource, hasDrillMarker, isChannelTest, nonceOf } from '../../domain/drills/alert.ts';
import { type Recognised, recognise } from '../../domain/drills/recognise.ts';
import type { AlertIntake } from '../../domain/ports/alert-intake.ts';
import type { DrillRegistry } from '../../domain/ports/drill-registry.ts';
import type { WatchdogSightings } from '../../domain/ports/watchdog-sightings.ts';
import type { ParsedAlert, ParsedBody } from './alert-body.ts';

export interface IntakePorts {
  readonly drills: DrillRegistry;
  readonly intake: AlertIntake;
  readonly watchdogs: WatchdogSightings;
}

export interface Delivery {
  readonly source: AlertSource;
  readonly at: Date;
  readonly body: Extract<ParsedBody, { is: 'alerts' }>;
}

type Parsed = Extract<ParsedAlert, { is: 'alert' }>;

/** What became of one alert of a body, in its order. */
export type Received =
  | { readonly is: 'bad'; readonly error: string }
  | { readonly is: 'known'; readonly parsed: Parsed; readonly what: Recognised };

/** Recognises every alert of a body and records what has to last. Resolves only once the store holds it all; throws PortError otherwise, and the sender tries again. */
export async function receive(ports: IntakePorts, delivery: Delivery, signal: AbortSignal): Promise<readonly Received[]> {
  const { source, body } = delivery;
  const live = await liveNonces(ports.drills, body.alerts, signal);
  const received = body.alerts.map(
    (parsed): Received =>
      parsed.is === 'bad' ? parsed : { is: 'known', parsed, what: recognise(parsed.alert, { source, isLive: nonce => live.has(nonce) }) },
  );
  await record(ports, { ...delivery, received }, signal);
  return received;
}

/** True where it came through a real sender: a direct drill proves nothing of those. */
export function provesASender(received: Received): boolean {
  return received.is === 'known' && received.what.is !== 'drill';
}

async function liveNonces(drills: DrillRegistry, alerts: readonly ParsedAlert[], signal: AbortSignal): Promise<ReadonlySet<string>> {
  const claimed = alerts.flatMap(parsed => {
    if (parsed.is === 'bad' || !(hasDrillMarker(parsed.alert) || isChannelTest(parsed.alert))) return [];
    return nonceOf(parsed.alert) ?? [];
  });
  const answers = await Promise.all([...new Set(claimed)].map(async nonce => ({ nonce, live: await drills.isLive(nonce, signal) })));
  return new Set(answers.flatMap(({ nonce, live }) => (live ? [nonce] : [])));
}

/** Alerts go last: all else may be repeated without a trace when the sender has to come again. */
async function record(
  ports: IntakePorts,
  delivery: Delivery & { readonly received: readonly Received[] },
  signal: AbortSignal,
): Promise<void> {
  const { source, at, body, received } = delivery;
  const known = received.flatMap(entry => (entry.is === 'known' ? [entry] : []));
  await Promise.all([
    ...returned(known).map(nonce =>
      ports.drills.recordReturn(
        { nonce, returnedAt: at, via: source, ...(body.receiver !== undefined && { receiver: body.receiver }) },
        signal,
      ),
    ),
    ...known
      .filter(({ what }) => what.is === 'watchdog')
      .map(({ parsed: { alert } }) => ports.watchdogs.record({ source, labels: alert.labels, status: alert.status, at }, signal)),
    ...(received.some(provesASender) ? [ports.intake.touch(at, signal)] : []),
  ]);
  const real = known.filter(({ what }) => what.is === 'real');
  await ports.intake.append(
    real.map(({ parsed }) => ({ source, receivedAt: at, alert: parsed.stored, envelope: body.envelope })),
    signal,
  );
}

/** Only a firing drill is one that came back; its resolution comes later and by itself. */
function returned(known: readonly Extract<Received, { is: 'known' }>[]): string[] {
  return known.flatMap(({ parsed, what }) => ('nonce' in what && parsed.alert.status === 'firing' ? (what.nonce ?? []) : []));
}
