import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { KubeObject, type Rendered, rendered } from './rendered.ts';
import { rowOf } from './rows.ts';
import { surroundingsOf } from './surroundings-of.ts';

const Rule = z.object({
  apiGroups: z.array(z.string()),
  resources: z.array(z.string()),
  verbs: z.array(z.string()),
  resourceNames: z.array(z.string()).optional(),
});
const Role = KubeObject.extend({ rules: z.array(Rule) });
const Binding = KubeObject.extend({
  roleRef: z.object({ apiGroup: z.string(), kind: z.string(), name: z.string() }),
  subjects: z.array(z.object({ kind: z.string(), name: z.string(), namespace: z.string() })),
});

/** What a ClusterRole may hold where the operator looks after some namespaces only: nothing that stands in one. */
const OUTSIDE = [
  { apiGroups: [''], resources: ['namespaces'], resourceNames: ['kube-system'], verbs: ['get'] },
  { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
  { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
];

const rulesOf = (chart: Rendered, kind: 'Role' | 'ClusterRole', name: string, namespace?: string) =>
  chart.all(kind, Role).find(({ metadata }) => metadata.name === name && metadata.namespace === namespace)?.rules ?? [];

const verbsOn = (rules: readonly z.infer<typeof Rule>[], resource: string): string[] =>
  rules.filter(({ resources }) => resources.includes(resource)).flatMap(({ verbs }) => verbs);

const places = (all: readonly KubeObject[]): string[] => all.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).toSorted();

/** Each binding is of a role of its own name in its own namespace, for the operator. */
function expectBound(chart: Rendered, account: string): void {
  for (const [roleKind, bindingKind] of [['Role', 'RoleBinding'] as const, ['ClusterRole', 'ClusterRoleBinding'] as const]) {
    const bindings = chart.all(bindingKind, Binding);
    for (const { metadata, roleRef, subjects } of bindings) {
      expect(roleRef).toEqual({ apiGroup: 'rbac.authorization.k8s.io', kind: roleKind, name: metadata.name });
      expect(subjects).toEqual([{ kind: 'ServiceAccount', name: account, namespace: chart.namespace }]);
    }
    // The one for people to bind is bound to nobody.
    const roles = chart.all(roleKind, Role).filter(({ metadata }) => metadata.name !== 'awoooi-repair-approver');
    expect(places(bindings)).toEqual(places(roles));
  }
}

describe('the rights that the chart gives', () => {
  it('are those of the whole cluster by default, and nowhere those to repair', async () => {
    const chart = await rendered(rowOf('the defaults'));
    expectBound(chart, 'awoooi-operator');
    const rules = rulesOf(chart, 'ClusterRole', 'awoooi-operator');
    expect(rules).toEqual(expect.arrayContaining(OUTSIDE));
    expect(verbsOn(rules, 'secrets')).toEqual(['get']);
    expect(verbsOn(rules, 'deployments')).toEqual(['get']);
    expect(rules.flatMap(({ apiGroups, resources, verbs }) => [...apiGroups, ...resources, ...verbs])).not.toContain('*');
    expect(chart.names('Role')).toEqual([
      'Role/default/awoooi-operator-api-server-endpoints',
      'Role/awoooi-operator',
      'Role/awoooi-operator-repair-pause',
    ]);
    expect(surroundingsOf(chart).env).toMatchObject({ AWOOOI_NAMESPACES: '', AWOOOI_REPAIR_EXECUTION: 'off' });
  });

  it('are those of the listed namespaces, and of nothing that stands in others', async () => {
    const chart = await rendered(rowOf('namespaces that are listed'));
    expectBound(chart, 'awoooi-operator');
    expect(rulesOf(chart, 'ClusterRole', 'awoooi-operator')).toEqual(OUTSIDE);
    const everywhere = rulesOf(await rendered(rowOf('the defaults')), 'ClusterRole', 'awoooi-operator');
    for (const namespace of ['shop', '1234']) {
      const here = rulesOf(chart, 'Role', 'awoooi-operator-objects', namespace);
      expect([...here, ...OUTSIDE]).toEqual(everywhere);
    }
    expect(surroundingsOf(chart).env['AWOOOI_NAMESPACES']).toBe('shop,1234');
  });

  it('let it repair in the namespaces that are named, and nowhere else', async () => {
    const chart = await rendered(rowOf('repairs in two namespaces'));
    expectBound(chart, 'awoooi-operator');
    const writes = chart
      .all('Role', Role)
      .concat(chart.all('ClusterRole', Role))
      .filter(({ rules }) => verbsOn(rules, 'deployments').includes('patch') || verbsOn(rules, 'pods/eviction').length > 0);
    expect(writes.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual([
      'shop/awoooi-operator-repair',
      'payments/awoooi-operator-repair',
    ]);
    for (const { rules } of writes) {
      expect(verbsOn(rules, 'pods')).toEqual(['get', 'list']);
      expect(verbsOn(rules, 'secrets')).toEqual([]);
    }
    expect(surroundingsOf(chart).env['AWOOOI_REPAIR_EXECUTION']).toBe('on');
  });

  it('name the ServiceAccount that people have, and are none where others give them', async () => {
    const account = await rendered({
      name: 'an account',
      values: { serviceAccount: { create: false, name: 'theirs' }, namespaces: ['shop'] },
    });
    expectBound(account, 'theirs');
    expect(account.names('ServiceAccount')).toEqual([]);
    expect(JSON.stringify(account.objects)).toContain('system:serviceaccount:awoooi-system:theirs');

    const none = await rendered({
      name: 'no rights',
      values: { rbac: { install: false }, namespaces: ['shop'], repair: { namespaces: ['shop'] } },
    });
    expect(none.names('Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding')).toEqual([]);
  });
});
