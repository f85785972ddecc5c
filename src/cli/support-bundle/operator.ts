import { type KnownVariable, listAt, shownEnvironment } from '../../domain/support/environment.ts';
import type { SurveyedKind } from '../../domain/ports/cluster-survey.ts';
import { type Fields, fieldsAt, textAt } from '../../domain/text/json-fields.ts';
import { byTime } from './objects.ts';
import { asList, listedIn, nameOf, type Surveying } from './survey.ts';

const DEFINITIONS = ['alertchainprobes', 'signozalertrules', 'repairplaybooks', 'repairruns'];
const LEASE = 'awoooi-operator';

/** What runs and in which version. */
export async function collectVersions({ survey, draft }: Surveying, facts: Fields): Promise<void> {
  const definitions: Fields[] = [];
  for (const name of DEFINITIONS.map(plural => `${plural}.awoooi.io`)) {
    const found = await draft.attempt('versions: kinds', signal => survey.find('customresourcedefinitions', { name }, signal));
    definitions.push({ name, ...(found ? definitionOf(found) : { installed: 'no, or it could not be read' }) });
  }
  draft.json('versions.json', { ...facts, kinds: definitions });
}

function definitionOf(definition: Fields): Fields {
  const status = fieldsAt(definition, 'status');
  const versions = listAt(fieldsAt(definition, 'spec'), 'versions');
  return {
    versions: versions.map(({ name, served, storage }) => ({ name, served, storage })),
    storedVersions: status['storedVersions'],
    conditions: listAt(status, 'conditions').map(({ type, status: is, reason }) => ({ type, status: is, reason })),
  };
}

const PARTS = ['deployments', 'pods', 'poddisruptionbudgets', 'endpointslices'] as const satisfies readonly SurveyedKind[];

/** The operator's own Deployment, pods and what belongs to them; resolves with the pods. */
export async function collectOperator(surveying: Surveying, variables: readonly KnownVariable[]): Promise<readonly Fields[]> {
  const { draft, survey, scope } = surveying;
  const place = { namespace: scope.operatorNamespace, labelSelector: scope.selector };
  const found = new Map<SurveyedKind, readonly Fields[]>();
  for (const kind of PARTS) {
    const listed = await listedIn(surveying, { part: `operator: ${kind}`, kind, places: [place] });
    if (!listed) continue;
    found.set(kind, listed.items);
    draft.json(`operator/${kind}.json`, asList(listed.items), listed.notes);
  }
  const [deployments = [], pods = []] = [found.get('deployments'), found.get('pods')];
  if (found.has('pods') && pods.length === 0) {
    const fix = 'set --operator-namespace and --selector to where they are, or give --ops-url and --log-file for one outside of a pod';
    draft.short('operator: pods', `namespace ${place.namespace} has none with the labels ${place.labelSelector}; ${fix}`);
  }
  draft.json('operator/images.json', { pods: pods.map(imagesOf) });
  draft.json('operator/configuration.json', { deployments: deployments.map(deployment => configurationOf(deployment, variables)) });
  const named = { namespace: scope.operatorNamespace, name: LEASE };
  const lease = await draft.attempt('operator: lease', signal => survey.find('leases', named, signal));
  if (lease) draft.json('operator/lease.json', lease);
  await collectEvents(surveying, [...deployments, ...pods]);
  return pods;
}

function imagesOf(pod: Fields): Fields {
  const { name } = nameOf(pod);
  const labels = fieldsAt(fieldsAt(pod, 'metadata'), 'labels');
  const running = listAt(fieldsAt(pod, 'status'), 'containerStatuses');
  const containers = listAt(fieldsAt(pod, 'spec'), 'containers').map(container => {
    const status = running.find(each => each['name'] === container['name']);
    return { name: container['name'], image: container['image'], imageID: status?.['imageID'], restarts: status?.['restartCount'] };
  });
  return { pod: name, version: labels['app.kubernetes.io/version'], chart: labels['helm.sh/chart'], containers };
}

function configurationOf(deployment: Fields, variables: readonly KnownVariable[]): Fields {
  const pod = fieldsAt(fieldsAt(fieldsAt(deployment, 'spec'), 'template'), 'spec');
  const volumes = listAt(pod, 'volumes').map(volume => ({
    volume: volume['name'],
    from: mountOf(volume),
    files: listAt(fieldsAt(volume, 'projected'), 'sources').flatMap(filesOf),
  }));
  const containers = listAt(pod, 'containers').map(container => ({
    container: container['name'],
    ...shownEnvironment(container, variables),
  }));
  return { deployment: nameOf(deployment).name, volumes, containers };
}

function mountOf(volume: Fields): string | undefined {
  const [secret, configMap] = [textAt(fieldsAt(volume, 'secret'), 'secretName'), textAt(fieldsAt(volume, 'configMap'), 'name')];
  if (secret !== undefined) return `Secret ${secret}`;
  return configMap === undefined ? undefined : `ConfigMap ${configMap}`;
}

/** Where each file of a projection comes from, by name: in a release of the chart all credentials do. In words, as a field named secret is masked. */
function filesOf(source: Fields): readonly Fields[] {
  return (['secret', 'configMap'] as const).flatMap(part => {
    const from = fieldsAt(source, part);
    const kind = part === 'secret' ? 'Secret' : 'ConfigMap';
    return listAt(from, 'items').map(({ key, path }) => ({ file: path, from: `${kind} ${String(from['name'])}, key ${String(key)}` }));
  });
}

/** Those about the Deployment, and about anything that is named after it or after a pod. */
async function collectEvents(surveying: Surveying, owners: readonly Fields[]): Promise<void> {
  const { draft, scope } = surveying;
  const part = { part: 'events: of the operator', kind: 'events' as const, places: [{ namespace: scope.operatorNamespace }] };
  const events = await listedIn(surveying, part);
  if (!events) return;
  const names = [LEASE, ...owners.map(owner => nameOf(owner).name)];
  const ours = events.items.filter(event => names.some(name => about(event) === name || about(event).startsWith(`${name}-`)));
  draft.json('events/operator.json', asList(ours.toSorted(byTime)), events.notes);
}

function about(event: Fields): string {
  return textAt(fieldsAt(event, 'involvedObject'), 'name') ?? '';
}
