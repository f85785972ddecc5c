import { z } from 'zod';
import { PortError } from '../../domain/ports/port-error.ts';
import type { WatchdogSighting, WatchdogSightings } from '../../domain/ports/watchdog-sightings.ts';
import { apiCall, type OperatorApi } from './operator-api.ts';

const Time = z.iso.datetime().transform(text => new Date(text));

const Watchdogs = z.object({
  now: Time,
  watchdogs: z.array(
    z.object({
      source: z.enum(['alertmanager', 'signoz']),
      labels: z.record(z.string(), z.string()),
      status: z.enum(['firing', 'resolved']),
      at: Time,
    }),
  ),
});

const CALL_MS = 10_000;
const TOO_OLD =
  'the API of this operator does not tell what Watchdogs it heard: bring the operator up to date, or name the other hops by --hop';

/** Watchdogs by way of an operator's API, with its times in terms of our clock. Only the operator itself records any. */
export function operatorWatchdogs(api: OperatorApi, now: () => Date): WatchdogSightings {
  return {
    record: () => Promise.reject(new PortError('unsupported', 'the API records what it hears itself and takes no Watchdog from others')),
    async list(source, signal) {
      const path = `/api/v1/watchdogs?source=${source}`;
      const asked = apiCall(api, { method: 'GET', path, answer: Watchdogs, deadlineMs: CALL_MS }, signal);
      const answer = await asked.catch((err: unknown) => unlessNotFound(err));
      if (!answer) throw new PortError('unsupported', TOO_OLD);
      const aheadMs = answer.now.getTime() - now().getTime();
      return answer.watchdogs.map((one): WatchdogSighting => ({ ...one, at: new Date(one.at.getTime() - aheadMs) }));
    },
  };
}

/** Whatever a 404 looks like, there is no such route. */
function unlessNotFound(err: unknown): undefined {
  if (err instanceof PortError && err.statusCode === 404) return undefined;
  throw err;
}
