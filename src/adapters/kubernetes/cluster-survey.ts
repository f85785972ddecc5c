import type { ClusterSurvey, PodLog, Surveyed, SurveyedKind, SurveyedPlace } from '../../domain/ports/cluster-survey.ts';
import type { Fields } from '../../domain/text/json-fields.ts';
import type { KubeClient, KubeTexts } from '../../kube/client.ts';
import { collectionPath } from '../../kube/key.ts';
import { isRawObject, slim } from '../../kube/object.ts';
import { listPages } from '../../kube/pages.ts';
import { isNotFound, portFailure } from './port-failure.ts';

const OURS = { group: 'awoooi.io', version: 'v1alpha1' } as const;

const RESOURCES: Readonly<Record<SurveyedKind, { readonly group: string; readonly version: string; readonly kind: string }>> = {
  alertchainprobes: { ...OURS, kind: 'AlertChainProbe' },
  signozalertrules: { ...OURS, kind: 'SignozAlertRule' },
  repairplaybooks: { ...OURS, kind: 'RepairPlaybook' },
  repairruns: { ...OURS, kind: 'RepairRun' },
  customresourcedefinitions: { group: 'apiextensions.k8s.io', version: 'v1', kind: 'CustomResourceDefinition' },
  deployments: { group: 'apps', version: 'v1', kind: 'Deployment' },
  pods: { group: '', version: 'v1', kind: 'Pod' },
  leases: { group: 'coordination.k8s.io', version: 'v1', kind: 'Lease' },
  endpointslices: { group: 'discovery.k8s.io', version: 'v1', kind: 'EndpointSlice' },
  poddisruptionbudgets: { group: 'policy', version: 'v1', kind: 'PodDisruptionBudget' },
  events: { group: '', version: 'v1', kind: 'Event' },
};

const CALL_MS = 10_000;
const LOG_MS = 30_000;
/** Of one kind. */
const MOST_CHARACTERS = 12 * 1024 * 1024;
const MOST_LINES = 20_000;
const LOG_BYTES = 4 * 1024 * 1024;
const PAGE_BYTES = 8 * 1024 * 1024;

/** Limits that a test would not want to reach. */
export interface SurveyLimits {
  readonly mostCharacters?: number;
  readonly logBytes?: number;
  readonly callMs?: number;
}

export function kubernetesClusterSurvey(client: KubeClient & KubeTexts, limits: SurveyLimits = {}): ClusterSurvey {
  const { mostCharacters = MOST_CHARACTERS, logBytes = LOG_BYTES, callMs = CALL_MS } = limits;
  return {
    version: signal =>
      told('asking for the version of the API server', client.request({ method: 'GET', path: '/version', deadlineMs: callMs, signal })),
    list: (kind, place, signal) =>
      told(`listing ${kind}${where(place.namespace)}`, listed(client, { kind, place, mostCharacters, callMs }, signal)),
    async find(kind, { namespace, name }, signal) {
      const path = `${pathOf(kind, namespace)}/${encodeURIComponent(name)}`;
      try {
        const found = await client.request({ method: 'GET', path, deadlineMs: callMs, signal });
        return isRawObject(found) ? slim(found) : undefined;
      } catch (err) {
        if (isNotFound(err)) return undefined;
        throw portFailure(err, `reading ${name} of ${kind}${where(namespace)}`);
      }
    },
    log: (log, signal) =>
      told(
        `reading the log of ${log.pod}/${log.container}`,
        client.text({ path: logPath(log), query: logQuery(log), keepBytes: logBytes, deadlineMs: LOG_MS, signal }),
      ),
    page({ namespace, pod, port, path: page }, signal) {
      const path = `${pathOf('pods', namespace)}/${encodeURIComponent(pod)}:${port}/proxy${page}`;
      // A replica that is not ready says why with 503.
      const asked = { path, keepBytes: PAGE_BYTES, deadlineMs: callMs, also: [503], signal };
      return told(`asking ${pod} for ${page} by way of the API server`, client.text(asked));
    },
  };
}

async function told<T>(doing: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (err) {
    throw portFailure(err, doing);
  }
}

function where(namespace: string | undefined): string {
  return namespace === undefined ? '' : ` of namespace ${namespace}`;
}

function pathOf(kind: SurveyedKind, namespace: string | undefined): string {
  return collectionPath({ ...RESOURCES[kind], plural: kind }, namespace);
}

interface Listing {
  readonly kind: SurveyedKind;
  readonly place: SurveyedPlace;
  readonly mostCharacters: number;
  readonly callMs: number;
}

async function listed(client: KubeClient, { kind, place, mostCharacters, callMs }: Listing, signal: AbortSignal): Promise<Surveyed> {
  const items: Fields[] = [];
  const enough = new AbortController();
  let left = mostCharacters;
  const take = (item: unknown): void => {
    if (!isRawObject(item) || left < 0) return;
    const object = { ...typeOf(kind), ...slim(item) };
    left -= JSON.stringify(object).length;
    if (left < 0) enough.abort();
    else items.push(object);
  };
  const { namespace, ...selectors } = place;
  try {
    await listPages({
      client,
      path: pathOf(kind, namespace),
      query: Object.fromEntries(Object.entries(selectors).filter(([, value]) => value !== undefined)),
      signal: AbortSignal.any([signal, enough.signal]),
      deadlineMs: callMs,
      onStart() {
        items.splice(0);
        left = mostCharacters;
      },
      onPage: page => page.forEach(take),
    });
  } catch (err) {
    if (!enough.signal.aborted) throw err;
  }
  return { items, complete: !enough.signal.aborted };
}

/** Items of a list come without what the list says of them all. */
function typeOf(kind: SurveyedKind): Fields {
  const { group, version, kind: name } = RESOURCES[kind];
  return { apiVersion: group === '' ? version : `${group}/${version}`, kind: name };
}

function logPath({ namespace, pod }: PodLog): string {
  return `${pathOf('pods', namespace)}/${encodeURIComponent(pod)}/log`;
}

function logQuery({ container, previous, sinceSeconds }: PodLog): Record<string, string> {
  return {
    container,
    timestamps: 'true',
    tailLines: String(MOST_LINES),
    // Of the container before, the time of its end says more than an hour of silence since.
    ...(previous ? { previous: 'true' } : { sinceSeconds: String(sinceSeconds) }),
  };
}
