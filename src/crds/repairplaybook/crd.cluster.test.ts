import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import {
  deployment,
  memoryStep,
  notifyStep,
  patchStep,
  playbookManifest,
  playbookSpec,
  restartStep,
  scaleStep,
} from '../../../test/builders/repair-playbook.ts';
import { WRONG_PLAYBOOKS } from '../../../test/builders/wrong-playbooks.ts';
import { Root } from '../../../test/parts/installed.ts';
import { causesOf, type KindOffers, offersOf } from '../../../test/parts/kind-offers.ts';
import { fieldRows } from '../generate/field-rows.ts';
import { structural } from '../generate/structural.ts';
import { parseRepairPlaybook } from './parse.ts';
import { RepairPlaybookSpec } from './spec.ts';

const EXAMPLES = join(Root, 'examples/repairs');

let api: KindOffers;

beforeAll(async () => {
  api = await offersOf('repairplaybooks');
});

function parsedSpec(object: object): unknown {
  const parsed = parseRepairPlaybook(object);
  return parsed.ok ? parsed.object.spec : parsed.problems;
}

const steps = (...list: readonly unknown[]) => playbookSpec({ steps: list });
const pod = { kind: 'Pod', fromLabel: 'pod' };
const patched = (path: string, value: unknown) => steps(patchStep({ path, value }));
const container = '/spec/template/spec/containers/0';

const RIGHT: readonly (readonly [what: string, spec: Readonly<Record<string, unknown>>])[] = [
  ['a restart', playbookSpec()],
  [
    'every kind to restart',
    steps(...['Deployment', 'StatefulSet', 'DaemonSet', 'Pod'].map(kind => restartStep({ target: { kind, name: 'a' } }))),
  ],
  ['what is refused when it runs', steps(restartStep({ action: 'restart_container', target: pod }))],
  ['a pod by its label', steps(restartStep({ action: 'delete_pod', target: pod }))],
  ['a scaling by a factor', steps(scaleStep({ by: undefined, factor: 2 }, { tier: 2 }))],
  ['memory to a value', steps(memoryStep({ factor: undefined, to: '1.5Gi', container: 'api' }))],
  ['as much as the most', steps(memoryStep({ factor: undefined, to: '2048Mi', max: '2Gi' }))],
  ['cores', steps(memoryStep({ max: '1500m' }, { action: 'increase_cpu' }))],
  ['limits', steps(memoryStep({ resource: 'cpu', max: '2' }, { action: 'adjust_limits' }))],
  ['a rollback', steps(restartStep({ action: 'rollback', tier: 3 }))],
  ['another image', steps(patchStep())],
  [
    'another image, if it is that one',
    steps(
      patchStep(
        {},
        {
          parameters: {
            patch: [
              { op: 'test', path: `${container}/name`, value: 'api' },
              { op: 'replace', path: `${container}/image`, value: 'api:2' },
            ],
          },
        },
      ),
    ),
  ],
  ['one more variable', patched(`${container}/env/-`, { name: 'A', value: 'b' })],
  ['other arguments', patched(`${container}/args`, ['--verbose', '1'])],
  ['resources as a number', patched(`${container}/resources/limits/cpu`, 2)],
  ['resources of an extended kind', patched(`${container}/resources/limits/example.com~1gpu`, '1')],
  ['an init container', patched('/spec/template/spec/initContainers/12/image', 'a:1')],
  ['replicas', patched('/spec/replicas', 3)],
  ['a variable less', steps(patchStep({ op: 'remove', path: `${container}/env/3`, value: undefined }))],
  [
    "a ConfigMap's entry",
    steps({
      action: 'update_config',
      target: deployment(),
      parameters: { configMap: 'api', patch: [{ op: 'add', path: '/data/log.level_A-1', value: 'debug' }] },
    }),
  ],
  ['a configuration in the workload', steps(patchStep({ path: `${container}/env/0/value`, value: 'x' }, { action: 'update_config' }))],
  [
    'people',
    steps(...['create_issue', 'notify_team', 'schedule_fix', 'manual_intervention'].map(action => notifyStep({ action, tier: 4 }))),
  ],
  ['people who are told by itself', playbookSpec({ mode: 'Automatic', steps: [restartStep(), notifyStep()] })],
  ['an anomaly key', playbookSpec({ match: { anomalyKey: 'v1-3f9c0a1b2c4d5e6f' } })],
  ['labels', playbookSpec({ match: { alertname: '延遲', labels: { severity: 'critical', 'k8s.pod.name': '' } } })],
  ['a quorum', playbookSpec({ approval: { approvers: ['mei@example.com', 'telegram:42'], quorum: 2 } })],
  ['a quorum of whoever may', playbookSpec({ approval: { quorum: 2 } })],
];

describe('the API server', () => {
  it.each(WRONG_PLAYBOOKS)('refuses $what', async ({ spec, field, sentence }) => {
    const answer = await api.offered(playbookManifest(spec));
    expect(answer).toMatchObject({ status: 422 });
    const causes = causesOf(answer).filter(cause => cause.field === field);
    expect(causes.map(cause => cause.message).join('\n')).toContain(sentence);
  });

  it.each([
    ['limits.cooldwon', playbookSpec({ limits: { cooldwon: '5m' } })],
    ['steps[0].parameter', steps(restartStep({ parameter: {} }))],
  ])('refuses the unknown field %s by its name', async (path, spec) => {
    const answer = await api.offered(playbookManifest(spec));
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain(`unknown field \\"spec.${path}\\"`);
  });

  it.each(RIGHT)('accepts %s and fills in what our parser fills in', async (_, spec) => {
    expect(await api.storedAs(playbookManifest(spec))).toEqual(parsedSpec(playbookManifest(spec)));
  });

  it.each(readdirSync(EXAMPLES).filter(file => file.endsWith('.yaml')))('accepts examples/repairs/%s', async file => {
    const object = z.looseObject({}).parse(parse(readFileSync(join(EXAMPLES, file), 'utf8')));
    expect(await api.storedAs(object)).toEqual(parsedSpec(object));
  });

  it('accepts as many steps, operations and approvers as there may be, as long as they may be', async () => {
    const patch = Array.from({ length: 32 }, () => ({ op: 'add', path: `${container}/env/${'x'.repeat(470)}`, value: 'v'.repeat(1000) }));
    const spec = playbookSpec({
      match: { alertname: 'A', labels: Object.fromEntries(Array.from({ length: 32 }, (_, n) => [`label_${n}`, 'v'.repeat(1024)])) },
      steps: Array.from({ length: 8 }, () => patchStep({}, { parameters: { patch } })),
      approval: { approvers: Array.from({ length: 64 }, (_, n) => `${n}${'a'.repeat(250)}`), quorum: 16 },
      description: '語'.repeat(8000),
      rootCause: '🔥'.repeat(4000),
    });
    expect(await api.storedAs(playbookManifest(spec))).toEqual(parsedSpec(playbookManifest(spec)));
  });
});

describe('kubectl', () => {
  it('shows how a playbook has proved itself, by its short name and its category', async () => {
    expect(await api.offered(playbookManifest(playbookSpec(), 'shown'), { kept: true })).toMatchObject({ status: 201 });
    const ready = { type: 'Ready', status: 'True', reason: 'Trusted', message: 'It has helped nine times of ten.', observedGeneration: 1 };
    const stats = {
      attempts: 10,
      successes: 9,
      successRate: 0.9,
      lowerBound: 0.66,
      effectiveN: 8.5,
      avgExecutionSeconds: 31,
      lastOutcomes: [],
    };
    const status = { conditions: [{ ...ready, lastTransitionTime: '2026-01-01T00:00:00Z' }], trust: 'Trusted', stats };
    const contentType = 'application/merge-patch+json';
    expect(await api.cluster.request(api.pathOf('/shown/status'), { method: 'PATCH', contentType, body: { status } })).toMatchObject({
      status: 200,
    });
    const [head = '', line = ''] = (await api.kubectl('get', 'rpb', 'shown')).split('\n');
    expect(head.split(/\s{2,}/)).toEqual(['NAME', 'READY', 'REASON', 'TRUST', 'SUCCESS', 'RUNS', 'AGE']);
    expect(line.split(/\s{2,}/).slice(0, 6)).toEqual(['shown', 'True', 'Trusted', 'Trusted', '0.9', '10']);
    const wide = await api.kubectl('get', 'rpb', 'shown', '-o', 'wide');
    for (const told of ['MODE', 'Approve', 'ALERT', 'ApiErrors', 'ANOMALY', 'SOURCE', 'manual', 'MESSAGE', ready.message])
      expect(wide).toContain(told);
    expect(await api.kubectl('get', 'awoooi')).toContain('repairplaybook.awoooi.io/shown');
  });

  it('explains each field', async () => {
    const tree = await api.kubectl('explain', 'rpb.spec', '--recursive');
    const named = new Set([...tree.matchAll(/^\s+(\w+)\t/gm)].map(([, name]) => name));
    const fields = fieldRows(structural(RepairPlaybookSpec)).map(({ path }) => path.split('.').at(-1)?.replace('[]', ''));
    expect(fields.filter(name => !named.has(name))).toEqual([]);
  });
});
