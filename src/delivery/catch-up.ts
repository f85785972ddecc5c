import { caughtUpBodies } from '../domain/delivery/caught-up-bodies.ts';
import type { PrometheusSender } from '../domain/alerts/alert.ts';
import type { Alertmanager, AlertmanagerReplica, FiringAlert } from '../domain/ports/alertmanager.ts';
import type { LastGood } from '../domain/ports/last-good.ts';
import type { Sentry, SentryListedIssue } from '../domain/ports/sentry.ts';
import type { DeliveryMetrics } from '../telemetry/delivery-metrics.ts';
import type { Logger } from '../telemetry/logger.ts';
import { type Chore, chore } from './chore.ts';
import { goodMoments, type OwnGood, ownGood } from './good-moments.ts';

export interface CatchUpDeps {
  readonly alertmanagers: {
    readonly api: Pick<Alertmanager, 'replicas' | 'firing'>;
    readonly urls: readonly string[];
    readonly authorization: () => string | undefined;
    /** The one that posts to us. */
    readonly receiver: string;
  };
  /** Takes in a body as Alertmanager's webhook sends it. Throws where it could not be stored. */
  readonly post: (body: object, signal: AbortSignal) => Promise<void>;
  /** Absent where no token or no organization is set up. */
  readonly sentry?: {
    readonly api: Pick<Sentry, 'issuesSince'>;
    readonly takeIn: (issues: readonly SentryListedIssue[], signal: AbortSignal) => Promise<void>;
  };
  /** Whether Sentry has a credential with which it may send to us. */
  readonly sentrySends: boolean;
  readonly lastGood: LastGood;
  readonly metrics: Pick<DeliveryMetrics, 'catchUp' | 'truncated'>;
  readonly log: Logger;
  readonly now: () => Date;
  readonly random: () => number;
  readonly timing?: Partial<CatchUpTiming>;
}

export interface CatchUpTiming {
  readonly markEveryMs: number;
  /** Between two marks we were frozen or starved for longer than this. */
  readonly gapMs: number;
  /**
   * Alertmanager says that it cut a body with each group that it sends, and a store that is away refuses every request: one answer to all
   * of them.
   */
  readonly shortlyMs: number;
}

const TIMING: CatchUpTiming = { markEveryMs: 15_000, gapMs: 60_000, shortlyMs: 5_000 };

export interface CatchUp {
  /** A sender sent less than it had. */
  truncated(source: PrometheusSender): void;
  /** Somebody was answered 503 and may not come again; or the store is back, and may have lost what it held. */
  missed(): void;
  close(): Promise<void>;
}

const RUN_WITHIN_MS = 120_000;

/**
 * Fetches what was sent while nobody listened: at the start, after an outage of the store or of ourselves, and when a body was cut.
 * Every replica does so; what is fetched twice is taken in once. Alertmanager is asked for what fires, whatever came before; Sentry for
 * what it saw since the last good moment, which moves on only once that was taken in.
 */
export function catchUp({ lastGood: shared, ...given }: CatchUpDeps): CatchUp {
  const timing = { ...TIMING, ...given.timing };
  const deps = { ...given, lastGood: ownGood(shared, given.now) };
  const alertmanagers = deps.alertmanagers.urls.map(url => alertmanagerChore(url, deps));
  const sentry = sentryChore(deps);

  function all(afterMs = 0): void {
    for (const each of [...alertmanagers, sentry]) each.owe(afterMs);
  }

  if (deps.sentrySends && !deps.sentry) {
    deps.log.warn(
      {},
      'what Sentry sends while nobody listens is lost, for it sends nothing twice: set SENTRY_ORG and SENTRY_API_TOKEN, so that it is asked',
    );
  }
  const cut = cutBodies(deps, () => alertmanagers.forEach(each => each.owe(timing.shortlyMs)));
  all();
  const moments = goodMoments({ ...deps, ...timing, mayMark: () => !sentry.isOwed(), outage: () => all() });
  return {
    truncated: cut,
    missed: () => all(timing.shortlyMs),
    async close() {
      await Promise.all([moments.close(), ...[...alertmanagers, sentry].map(each => each.close())]);
    },
  };
}

const LOST: Readonly<Record<PrometheusSender, string>> = {
  alertmanager:
    'an Alertmanager left out alerts that it had, and they are lost: set AWOOOI_ALERTMANAGER_URLS, so that it is asked for them, or raise max_alerts of its receiver',
  signoz:
    'SigNoz left out alerts that it had, and they are lost, for it has no list of them: raise max_alerts of its channel, or group by more labels',
};

/** Only an Alertmanager can be asked for the rest. Where nobody is asked, one line in the log says what is lost, and the counter how often. */
function cutBodies({ alertmanagers, metrics, log }: CatchUpDeps, ask: () => void): CatchUp['truncated'] {
  const told = new Set<PrometheusSender>();
  return source => {
    metrics.truncated(source);
    if (source === 'alertmanager' && alertmanagers.urls.length > 0) return ask();
    if (!told.has(source)) log.warn({ source }, LOST[source]);
    told.add(source);
  };
}

function alertmanagerChore(url: string, deps: CatchUpDeps): Chore {
  const { metrics, log, random } = deps;
  return chore({
    what: 'asking an Alertmanager of AWOOOI_ALERTMANAGER_URLS what fires',
    withinMs: RUN_WITHIN_MS,
    run: signal => fetchFiring(url, deps, signal),
    ended: result => metrics.catchUp('alertmanager', result),
    log,
    random,
  });
}

/** All replicas are asked, since each knows only what was posted to it; one that is away keeps nobody from what the others say. */
async function fetchFiring(url: string, { alertmanagers, post, log }: CatchUpDeps, signal: AbortSignal): Promise<void> {
  const { api, authorization, receiver } = alertmanagers;
  const replicas = await api.replicas(url, authorization(), signal);
  const answers = await Promise.allSettled(replicas.map((replica: AlertmanagerReplica) => api.firing(replica, receiver, signal)));
  const firing = answers.flatMap((answer): readonly FiringAlert[] => (answer.status === 'fulfilled' ? answer.value : []));
  for (const body of caughtUpBodies(firing, { receiver, url })) await post(body, signal);
  if (firing.length > 0) log.info({ alerts: firing.length }, 'took in what fires at an Alertmanager');
  const failure = answers.find(answer => answer.status === 'rejected');
  if (failure) throw failure.reason;
}

type Within = CatchUpDeps & { readonly lastGood: OwnGood };

function sentryChore(deps: Within): Chore {
  const { metrics, log, random, sentry } = deps;
  return chore({
    what: 'asking Sentry what it saw meanwhile',
    withinMs: RUN_WITHIN_MS,
    run: signal => fetchIssues(deps, signal),
    ended: result => (sentry ? metrics.catchUp('sentry', result) : undefined),
    log,
    random,
  });
}

/** Sentry's clock and ours differ, and a mark may be set while a request is being refused. */
const OVERLAP_MS = 60_000;

/**
 * However short the gap was: Sentry sends nothing twice, and what was taken in already stays as it is. Without Sentry there is still the
 * moment to move on, or the first look at a Sentry would fetch years.
 */
async function fetchIssues({ sentry, lastGood, now, log }: Within, signal: AbortSignal): Promise<void> {
  // Before we ask: what comes while we do is found the next time, should we die meanwhile.
  const began = now();
  if (sentry) {
    const since = new Date((await lastGood.since(signal)).getTime() - OVERLAP_MS);
    const issues = await sentry.api.issuesSince(since, signal);
    if (issues.length > 0) await sentry.takeIn(issues, signal);
    log.info({ issues: issues.length, since }, 'took in what Sentry saw while nobody listened');
  }
  await lastGood.mark(began, signal);
}
