import { beforeAll, describe, expect, it } from 'vitest';
import { loadConfig, OperatorVariables, strangers } from '../../src/config/load.ts';
import { variablesOf } from '../../src/config/variable.ts';
import { freedoms, missingProbes, podsOf } from './pods.ts';
import { type Rendered, rendered } from './rendered.ts';
import { ROWS } from './rows.ts';
import { deafPorts, selections } from './selectors.ts';
import { operatorOf, secretsOf, surroundingsOf } from './surroundings-of.ts';

/** Of these there is one in the cluster, whatever the namespace. */
const CLUSTER_WIDE = new Set([
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
]);
const KNOWN = new Set(variablesOf(OperatorVariables).flatMap(({ facts: { env, secret } }) => (secret ? [env, `${env}_FILE`] : [env])));
/** What Kubernetes adds behind the name of an owner: a hash and a random word, a hash or a number. */
const ADDED: Readonly<Record<string, number>> = { Deployment: '-7c9f8b6d5f-abcde'.length, StatefulSet: '-7c9f8b6d5f'.length };

describe.each(ROWS)('the chart with $name', row => {
  let chart: Rendered;
  beforeAll(async () => {
    chart = await rendered(row);
  });

  it('holds every pod to the strictest standard, within bounds, and asks it how it is', () => {
    const pods = podsOf(chart);
    expect(pods.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['Deployment', 'Pod']));
    expect(pods.flatMap(freedoms)).toEqual([]);
    expect(pods.flatMap(missingProbes)).toEqual([]);
  });

  it('selects the pods that are meant, and ports that they have', () => {
    const [operator = ''] = chart.names('Deployment');
    for (const [of, pods] of Object.entries(selections(chart))) {
      expect(`${of} selects ${pods}`).toBe(`${of} selects ${of.endsWith('-redis') ? of.replace(/^\w+/, 'StatefulSet') : operator}`);
    }
    expect(deafPorts(chart)).toEqual([]);
  });

  it('gives names that Kubernetes takes, also with what it adds to them', () => {
    const wrong = chart.objects.filter(({ kind, metadata: { name } }) => {
      const isLong = name.length + (ADDED[kind] ?? 0) > 63;
      return isLong || !(kind === 'Service' ? /^[a-z]([-a-z0-9]*[a-z0-9])?$/ : /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/).test(name);
    });
    expect(wrong.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual([]);
    const keys = chart.objects.map(({ kind, metadata: { namespace, name, annotations } }) =>
      [kind, namespace, name, annotations['helm.sh/hook']].join('/'),
    );
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
  });

  it('puts everything into a namespace that has one, with the labels of the release', () => {
    const misplaced = chart.objects.filter(({ kind, metadata }) => (metadata.namespace === undefined) !== CLUSTER_WIDE.has(kind));
    expect(misplaced.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual([]);
    for (const { metadata } of chart.objects) {
      expect(metadata.labels).toMatchObject({
        'app.kubernetes.io/name': 'awoooi-operator',
        'app.kubernetes.io/instance': row.release ?? 'awoooi',
        'app.kubernetes.io/managed-by': 'Helm',
      });
      for (const value of Object.values(metadata.labels)) expect(value).toMatch(/^(?=.{0,63}$)([A-Za-z0-9]([-\w.]*[A-Za-z0-9])?)?$/);
    }
  });

  it('sets only variables that the operator reads, and configures it', () => {
    const surroundings = surroundingsOf(chart);
    const names = Object.keys(surroundings.env);
    expect(names.filter(name => !KNOWN.has(name) && name !== 'NODE_EXTRA_CA_CERTS')).toEqual([]);
    expect(strangers(surroundings)).toEqual([]);
    const set = operatorOf(chart).spec.containers.flatMap(({ env }) => env.map(({ name }) => name));
    expect(set.filter((name, at) => set.indexOf(name) !== at)).toEqual([]);

    const loaded = loadConfig({ ...surroundings, env: { KUBERNETES_SERVICE_HOST: '10.0.0.1', ...surroundings.env } });
    expect(loaded).toMatchObject({ ok: true });
  });

  it('takes no secret out of a Secret', () => {
    const secret = new Set([...secretsOf(chart).values()].flatMap(data => Object.values(data).flatMap(text => text.trim().split('\n'))));
    const elsewhere = JSON.stringify(chart.objects.filter(({ kind }) => kind !== 'Secret'));
    expect([...secret].filter(text => elsewhere.includes(text))).toEqual([]);
  });
});
