import { durationMs } from '../crds/duration.ts';
import type { WatchdogSighting } from '../domain/ports/watchdog-sightings.ts';
import { fromStore } from './drill.ts';
import { attempt, HopFailure } from './failure.ts';
import { type Failure, passed } from './hop.ts';

/** A Watchdog that carries the hop's labels was heard firing within maxAge: rules are evaluated, and what fires gets here. */
export const watchdog = attempt(async (hop, { ports, signal }) => {
  const { source = 'alertmanager', maxAge = '3m', labels = {} } = hop.watchdog ?? {};
  const heard = await fromStore(ports.watchdogs.list(source, signal));
  const picked = heard.filter(sighting => matches(sighting, labels)).toSorted((a, b) => b.at.getTime() - a.at.getTime());
  const now = ports.now();
  const alive = picked.find(({ at, status }) => status === 'firing' && ageMs(at, now) <= durationMs(maxAge));
  if (alive) return passed(hop, `${nameOf(alive)} fired ${spanOf(ageMs(alive.at, now))} ago.`);
  const [newest] = picked;
  if (newest) throw new HopFailure(troubleWith(newest, now, maxAge));
  const message = `No Watchdog was ever heard from ${source}${spoken(labels)}. Route one to this operator's webhook, repeated at least every ${maxAge}.`;
  throw new HopFailure({ cause: 'WatchdogMissing', message });
});

function troubleWith(sighting: WatchdogSighting, now: Date, maxAge: string): Failure {
  const age = ageMs(sighting.at, now);
  if (sighting.status === 'resolved') {
    const message = `${nameOf(sighting)} resolved ${spanOf(age)} ago: its rules are no longer evaluated, or their alerts no longer sent.`;
    return { cause: 'WatchdogResolved', message };
  }
  const when = sighting.at > now ? `${spanOf(age)} in the future of this clock` : `${spanOf(age)} ago`;
  const message = `${nameOf(sighting)} was last heard ${when}, more than ${maxAge}: look at Prometheus, its rules and the route of the Watchdog.`;
  return { cause: 'WatchdogStale', message };
}

function nameOf({ source, labels }: WatchdogSighting): string {
  return `The Watchdog from ${source}${spoken(labels)}`;
}

function matches({ labels }: WatchdogSighting, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

/**
 * Of a sighting from after now as well: a clock that was set back must not keep a Watchdog alive that was heard before. One that lives is
 * soon heard again.
 */
function ageMs(at: Date, now: Date): number {
  return Math.abs(now.getTime() - at.getTime());
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
