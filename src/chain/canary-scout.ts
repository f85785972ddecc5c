import { durationMs } from '../crds/duration.ts';
import type { HopSpec } from '../crds/alertchainprobe/hop.ts';
import { type CanaryBudget, wholeBudgetMs } from '../domain/attribution/budget.ts';
import type { ApiFailure, ReplicaEvidence } from '../domain/attribution/evidence.ts';
import type { AlertmanagerReplica, AlertmanagerStatus, NotificationCounters, PostedAlert } from '../domain/ports/alertmanager.ts';
import { PortError } from '../domain/ports/port-error.ts';
import { canaryAlert } from '../domain/routing/canary-alert.ts';
import { strayRoutes } from '../domain/routing/stray-routes.ts';
import { excerpt } from '../domain/text/excerpt.ts';
import type { HopContext } from './hop.ts';

export type CanaryBlock = NonNullable<HopSpec['alertmanager']>;

/** One replica's canary: what is known of it so far, and how to reach the replica, unless its name led nowhere. */
export interface Sortie {
  readonly evidence: ReplicaEvidence;
  readonly replica?: AlertmanagerReplica;
  readonly before?: NotificationCounters;
  /** Known once its status is. */
  readonly budget?: CanaryBudget;
  /** How far Alertmanager's clock is ahead of ours. */
  readonly skewMs: number;
  readonly alert?: PostedAlert;
  /** When the alert was made ready, on the hop's clock. */
  readonly sentAtMs: number;
}

const DEFAULT_BUDGET = '10s';
/** The Date header counts whole seconds; less than this is no difference of clocks. */
const SAME_CLOCK_MS = 5_000;

/** Every replica behind the URLs, or why a URL leads to none. */
export async function replicasOf(
  { urls }: CanaryBlock,
  authorization: string | undefined,
  { ports, signal }: HopContext,
): Promise<Sortie[]> {
  const found = await Promise.all(
    urls.map(async url => {
      try {
        const replicas = await ports.alertmanager.replicas(url, authorization, signal);
        return replicas.map(replica => sortie(nameOf(replica), replica.address, { replica }));
      } catch (err) {
        const apiFailure = failureOf('resolve its name', err);
        return [sortie(shown(url), '', { apiFailure })];
      }
    }),
  );
  return found.flat();
}

function sortie(
  name: string,
  address: string,
  { replica, apiFailure }: { replica?: AlertmanagerReplica; apiFailure?: ApiFailure },
): Sortie {
  const evidence = { name, address, nonce: '', posted: false, strayRoutes: [], budgetMs: 0, ...(apiFailure && { apiFailure }) };
  return { evidence, skewMs: 0, sentAtMs: 0, ...(replica && { replica }) };
}

/** Reads the live routes and plans the canary's labels; notes the counters as they stand before it goes in. */
export async function scout(sortie: Sortie, hop: HopSpec & { alertmanager: CanaryBlock }, ctx: HopContext): Promise<Sortie> {
  const { replica, evidence } = sortie;
  if (!replica) return sortie;
  const { alertmanager, now } = ctx.ports;
  const { receiver } = hop.alertmanager;
  try {
    const [status, before] = await Promise.all([
      alertmanager.status(replica, ctx.signal),
      alertmanager.counters(replica, { receiver }, ctx.signal).catch(unreadable),
    ]);
    const budget = budgetOf(status, hop);
    const skewMs = status.time === undefined ? 0 : status.time.getTime() - now().getTime();
    return {
      ...sortie,
      evidence: { ...evidence, ...planned(status, hop, evidence.nonce), budgetMs: wholeBudgetMs(budget) },
      budget,
      skewMs: Math.abs(skewMs) < SAME_CLOCK_MS ? 0 : skewMs,
      ...(before && { before }),
    };
  } catch (err) {
    return failedTo('read its status', sortie, err);
  }
}

function planned({ version, route, webhookUrls }: AlertmanagerStatus, hop: HopSpec & { alertmanager: CanaryBlock }, nonce: string) {
  const { receiver, labels, routes } = hop.alertmanager;
  return {
    version,
    plan: canaryAlert({ tree: route, receiver, nonce, labels }),
    strayRoutes: strayRoutes(route, { receiver, routes }),
    // The rest of the URL may be a secret.
    webhookOrigins: webhookUrls.get(receiver)?.flatMap(url => URL.parse(url)?.origin ?? []) ?? [],
  };
}

function budgetOf({ clusterPeers }: AlertmanagerStatus, hop: HopSpec & { alertmanager: CanaryBlock }): CanaryBudget {
  const latencyMs = durationMs(hop.latencyBudget ?? DEFAULT_BUDGET);
  return { latencyMs, peers: Math.max(0, clusterPeers - 1), peerTimeoutMs: durationMs(hop.alertmanager.peerTimeout) };
}

/** Metrics may be closed to us; then the verdict does without. */
function unreadable(err: unknown): undefined {
  if (err instanceof PortError) return undefined;
  throw err;
}

/** The sortie with the port's failure as evidence; anything but a PortError is a fault of ours. */
export function failedTo(doing: ApiFailure['doing'], sortie: Sortie, err: unknown): Sortie {
  return { ...sortie, evidence: { ...sortie.evidence, apiFailure: failureOf(doing, err) } };
}

function failureOf(doing: ApiFailure['doing'], err: unknown): ApiFailure {
  if (!(err instanceof PortError)) throw err;
  const { fault, detail, statusCode, message } = err;
  return { doing, fault, message: excerpt(message), ...(detail && { detail }), ...(statusCode !== undefined && { statusCode }) };
}

function nameOf({ url, address }: AlertmanagerReplica): string {
  const hostname = URL.parse(url)?.hostname.replace(/^\[(.*)\]$/, '$1');
  return hostname === address ? shown(url) : `${shown(url)} (${address})`;
}

/** Without userinfo and query, which may hold secrets. */
function shown(url: string): string {
  const parsed = URL.parse(url);
  return parsed ? `${parsed.origin}${parsed.pathname.replace(/\/+$/, '')}` : excerpt(url);
}
