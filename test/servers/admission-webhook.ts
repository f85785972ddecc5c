import { z } from 'zod';
import { pem, serverTls } from '../parts/certificates.ts';
import type { Part } from '../parts/part.ts';
import { type Reply, startHttpServer } from './http-server.ts';

/** A validating admission webhook that allows what it was not told to deny. */
export interface AdmissionWebhook extends Pick<Part, 'stop'> {
  /** From now on it says no to every change of an object of this name, in these words. */
  deny(name: string, words: string): void;
  /** Lets the API server ask it, or somebody who is not there, about changes of this one Deployment; without an answer nothing is changed. */
  configuration(namespace: string, deployment: string, asks?: { readonly at: 'nowhere' }): WebhookConfiguration;
}

interface WebhookConfiguration {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly webhooks: readonly object[];
}

const Review = z.object({ apiVersion: z.string(), kind: z.string(), request: z.object({ uid: z.string(), name: z.string() }) });

/** Nobody listens there. */
const NOWHERE = 'https://127.0.0.1:1';

export async function startAdmissionWebhook(): Promise<AdmissionWebhook> {
  const denied = new Map<string, string>();
  const server = await startHttpServer({ tls: serverTls(), handle: ({ body }) => reviewed(body, denied) });
  return {
    deny: (name, words) => void denied.set(name, words),
    configuration: (namespace, deployment, asks) => ({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: `${namespace}-${deployment}` },
      webhooks: [
        {
          name: 'change-board.example.com',
          clientConfig: { url: asks ? NOWHERE : server.url, caBundle: Buffer.from(pem('ca')).toString('base64') },
          rules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['deployments'] }],
          // All test files share the API server.
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
          matchConditions: [{ name: 'this-one', expression: `request.name == '${deployment}'` }],
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          failurePolicy: 'Fail',
          timeoutSeconds: 5,
        },
      ],
    }),
    stop: () => server.stop(),
  };
}

function reviewed(body: string, denied: ReadonlyMap<string, string>): Reply {
  const { request, ...of } = Review.parse(JSON.parse(body));
  const message = denied.get(request.name);
  const verdict = message === undefined ? { allowed: true } : { allowed: false, status: { code: 403, message } };
  return { status: 200, body: { ...of, response: { uid: request.uid, ...verdict } } };
}
