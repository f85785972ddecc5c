import type { TextEnd } from '../../domain/ports/cluster-survey.ts';
import { listAt } from '../../domain/support/environment.ts';
import { type Fields, fieldsAt, textAt } from '../../domain/text/json-fields.ts';
import { pathPart } from './path-part.ts';
import { nameOf, type Surveying } from './survey.ts';

const MOST_PODS = 20;
const OPS_PORT = 8081;
const PAGES = [
  { path: '/metrics', folder: 'metrics', ending: 'prom' },
  { path: '/readyz', folder: 'readiness', ending: 'json' },
] as const;

/** Metrics and readiness of each pod, then the logs: these alone may be long. */
export async function collectPods(surveying: Surveying, pods: readonly Fields[]): Promise<void> {
  const shown = pods.slice(0, MOST_PODS);
  if (pods.length > shown.length) {
    surveying.draft.short('pods', `only the first ${MOST_PODS} of ${pods.length} are looked at; narrow --selector to see others`);
  }
  await Promise.all(shown.filter(isOperator).map(pod => collectPages(surveying, pod)));
  // A pod at a time: each log is held as it comes.
  for (const pod of shown) await collectLogs(surveying, pod);
}

/** The chart's own Redis has the same name and no such pages; its logs are wanted all the same. */
function isOperator(pod: Fields): boolean {
  const component = textAt(fieldsAt(fieldsAt(pod, 'metadata'), 'labels'), 'app.kubernetes.io/component');
  return component === undefined || component === 'operator';
}

async function collectPages({ survey, draft, scope }: Surveying, pod: Fields): Promise<void> {
  const { name } = nameOf(pod);
  for (const { path, folder, ending } of PAGES) {
    const asked = { namespace: scope.operatorNamespace, pod: name, port: opsPortOf(pod), path };
    const page = await draft.attempt(`${folder}: ${name}`, signal => survey.page(asked, signal));
    if (page) draft.text(`${folder}/${pathPart(name)}.${ending}`, wholeLines(page), notesOn(page));
  }
}

function opsPortOf(pod: Fields): number {
  const variables = listAt(fieldsAt(pod, 'spec'), 'containers').flatMap(container => listAt(container, 'env'));
  const given = variables.find(variable => variable['name'] === 'AWOOOI_OPS_PORT');
  return Number(given && textAt(given, 'value')) || OPS_PORT;
}

async function collectLogs({ survey, draft, scope }: Surveying, pod: Fields): Promise<void> {
  const { name } = nameOf(pod);
  for (const { container, restarted } of containersOf(pod)) {
    for (const previous of restarted ? [false, true] : [false]) {
      const log = { namespace: scope.operatorNamespace, pod: name, container, previous, sinceSeconds: scope.sinceSeconds };
      const before = previous ? '.previous' : '';
      const text = await draft.attempt(`logs: ${name}/${container}${before}`, signal => survey.log(log, signal));
      if (text) draft.text(`logs/${pathPart(name)}/${pathPart(container)}${before}.log`, wholeLines(text), notesOn(text));
    }
  }
}

function containersOf(pod: Fields): { container: string; restarted: boolean }[] {
  const status = fieldsAt(pod, 'status');
  const seen = [...listAt(status, 'initContainerStatuses'), ...listAt(status, 'containerStatuses')];
  const spec = fieldsAt(pod, 'spec');
  return [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')].map(container => {
    const restarts = seen.find(each => each['name'] === container['name'])?.['restartCount'];
    return { container: textAt(container, 'name') ?? '', restarted: typeof restarts === 'number' && restarts > 0 };
  });
}

/** What was cut may be half a secret, which no mask knows. */
export function wholeLines({ text, droppedBytes, unfinished }: TextEnd): string {
  const from = droppedBytes > 0 ? text.indexOf('\n') + 1 : 0;
  const to = unfinished ? text.lastIndexOf('\n') + 1 : text.length;
  return droppedBytes > 0 && from === 0 ? '' : text.slice(from, Math.max(from, to));
}

export function notesOn({ droppedBytes, unfinished }: TextEnd): string[] {
  return [
    ...(droppedBytes > 0 ? [`the end of it: ${droppedBytes} bytes before it are left out`] : []),
    ...(unfinished ? ['it came too slowly: what had not come in time is missing'] : []),
  ];
}
