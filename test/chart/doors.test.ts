import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { KubeObject, refusal, rendered } from './rendered.ts';
import { GATEWAY, rowOf } from './rows.ts';
import { letIn } from './selectors.ts';
import { surroundingsOf } from './surroundings-of.ts';

const Port = z.looseObject({ name: z.string(), port: z.int(), targetPort: z.string() });
const Service = KubeObject.extend({ spec: z.looseObject({ type: z.string().default('ClusterIP'), ports: z.array(Port) }) });
const Ingress = KubeObject.extend({
  spec: z.looseObject({
    rules: z.array(z.object({ host: z.string(), http: z.object({ paths: z.array(z.unknown()) }) })),
    tls: z.unknown(),
  }),
});
const HttpRoute = KubeObject.extend({
  spec: z.object({ parentRefs: z.array(z.unknown()), hostnames: z.array(z.string()).default([]), rules: z.array(z.unknown()) }),
});
const NetworkPolicy = KubeObject.extend({
  spec: z.looseObject({
    policyTypes: z.array(z.string()),
    ingress: z.array(
      z.object({ ports: z.array(z.object({ port: z.string(), protocol: z.string() })), from: z.array(z.unknown()).optional() }),
    ),
  }),
});

const DOORS = rowOf('doors to the outside');

const namespace = (name: string) => ({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } });

describe('the doors of the operator', () => {
  it('are two Services by default: one for the API, one for metrics, and nothing to the outside', async () => {
    const chart = await rendered(rowOf('the defaults'));
    const api = chart.one('Service', 'awoooi-operator', Service).spec;
    expect(api).toMatchObject({ type: 'ClusterIP', ports: [{ name: 'api', port: 8000, targetPort: 'api' }] });
    expect(chart.one('Service', 'awoooi-operator-metrics', Service).spec.ports).toEqual([{ name: 'ops', port: 8081, targetPort: 'ops' }]);
    expect(chart.names('Ingress', 'HTTPRoute', 'NetworkPolicy')).toEqual(['NetworkPolicy/awoooi-operator-redis']);
    expect(surroundingsOf(chart).env['AWOOOI_PUBLIC_URL']).toBe('http://awoooi-operator.awoooi-system.svc:8000');
  });

  it('to the outside lead to the API, and never to metrics', async () => {
    const chart = await rendered(DOORS);
    const ingress = chart.one('Ingress', 'awoooi-operator', Ingress).spec;
    const backend = { service: { name: 'awoooi-operator', port: { name: 'api' } } };
    expect(ingress.rules).toEqual([{ host: 'awoooi.example.com', http: { paths: [{ path: '/api', pathType: 'Prefix', backend }] } }]);
    expect(ingress.tls).toEqual([{ secretName: 'tls', hosts: ['awoooi.example.com'] }]);

    const route = chart.one('HTTPRoute', 'awoooi-operator', HttpRoute).spec;
    const matches = [{ path: { type: 'PathPrefix', value: '/api' } }];
    expect(route).toEqual({
      parentRefs: [{ name: 'public', namespace: 'gateways' }],
      hostnames: ['awoooi.example.com'],
      rules: [{ matches, backendRefs: [{ name: 'awoooi-operator', port: 80 }] }],
    });
    const { ports } = chart.one('Service', 'awoooi-operator', Service).spec;
    expect(ports).toEqual([{ name: 'api', port: 80, targetPort: 'api' }]);
    expect(chart.one('Service', 'awoooi-operator-metrics', Service).spec).toMatchObject({ type: 'ClusterIP', clusterIP: 'None' });
    expect(surroundingsOf(chart).env['AWOOOI_PUBLIC_URL']).toBe('https://awoooi.example.com');
  });

  it('need a name and a Gateway, and no Gateway API where there is none', async () => {
    expect(await refusal({ values: { ingress: { enabled: true } } })).toContain('ingress.host must be the name');
    expect(await refusal({ values: { httpRoute: { enabled: true } }, apiVersions: GATEWAY })).toContain('httpRoute.parentRefs must name');
    const without = await rendered({ ...DOORS, apiVersions: [] });
    expect(without.names('HTTPRoute', 'Ingress')).toEqual(['Ingress/awoooi-operator']);
  });

  it('stand open for senders, and for metrics within the cluster, once a policy guards them', async () => {
    const { spec } = (await rendered(DOORS)).one('NetworkPolicy', 'awoooi-operator', NetworkPolicy);
    expect(spec.policyTypes).toEqual(['Ingress']);
    expect(spec.ingress).toEqual([
      { ports: [{ port: 'api', protocol: 'TCP' }] },
      { ports: [{ port: 'ops', protocol: 'TCP' }], from: [{ namespaceSelector: {} }] },
    ]);
  });

  it('let in whom one names, and helm test', async () => {
    const chart = await rendered(rowOf('examples/values/production.yaml'));
    const { spec } = chart.one('NetworkPolicy', 'awoooi-operator', NetworkPolicy);
    const [api, ops] = spec.ingress;
    expect(api?.from).toEqual([namespace('ingress-nginx'), namespace('monitoring'), { podSelector: expect.anything() }]);
    expect(letIn(chart, 'awoooi-operator')).toEqual(['Pod/awoooi-operator-test']);
    expect(ops?.from).toEqual([namespace('monitoring')]);
  });
});
