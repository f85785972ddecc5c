import { durationMs } from '../crds/duration.ts';
import type { HopCause } from '../domain/chain/hop-result.ts';
import type { WatchdogSighting } from '../domain/ports/watchdog-sightings.ts';
import { fromStore } from './drill.ts';
import { attempt, HopFailure } from './failure.ts';
import { passed } from './hop.ts';

/** Every Watchdog that the hop's labels pick was heard firing within maxAge: rules are evaluated, and what fires gets here. */
export const watchdog = attempt(async (hop, { ports, signal }) => {
  const { source = 'alertmanager', maxAge = '3m', labels = {} } = hop.watchdog ?? {};
  const heard = await fromStore(ports.watchdogs.list(source, signal));
  const picked = heard.filter(sighting => matches(sighting, labels));
  if (picked.length === 0) {
    const message = `No Watchdog was ever heard from ${source}${spoken(labels)}. Route one to this operator's webhook, repeating it at least every ${maxAge}.`;
    throw new HopFailure({ cause: 'WatchdogMissing', message });
  }
  const now = ports.now();
  const trouble = picked.map(sighting => troubleWith(sighting, { now, maxAge })).find(found => found !== undefined);
  if (trouble) throw new HopFailure(trouble);
  const oldest = Math.max(...picked.map(({ at }) => ageMs(at, now)));
  return passed(hop, `${picked.length === 1 ? 'The Watchdog' : `All ${picked.length} Watchdogs`} fired within the last ${spanOf(oldest)}.`);
});

function troubleWith(
  { at, status, labels, source }: WatchdogSighting,
  { now, maxAge }: { now: Date; maxAge: string },
): { cause: HopCause; message: string } | undefined {
  const age = ageMs(at, now);
  const which = `The Watchdog from ${source}${spoken(labels)}`;
  if (status === 'resolved') {
    return {
      cause: 'WatchdogResolved',
      message: `${which} resolved ${spanOf(age)} ago: its rules are no longer evaluated, or their alerts no longer sent.`,
    };
  }
  if (age <= durationMs(maxAge)) return undefined;
  return {
    cause: 'WatchdogStale',
    message: `${which} was last heard ${spanOf(age)} ago, more than ${maxAge}. If it was taken down for good, pick the others by watchdog.labels.`,
  };
}

function matches({ labels }: WatchdogSighting, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

/** A clock that was set back makes no sighting younger than now. */
function ageMs(at: Date, now: Date): number {
  return Math.max(0, now.getTime() - at.getTime());
}

function spoken(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).filter(([name]) => name !== 'alertname');
  return pairs.length === 0 ? '' : ` with ${pairs.map(([name, value]) => `${name}="${value}"`).join(', ')}`;
}

function spanOf(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}m${seconds % 60}s` : `${Math.floor(minutes / 60)}h${minutes % 60}m`;
}
