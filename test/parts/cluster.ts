import { createPrivateKey, randomBytes, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Answer, httpsRequest } from './https-request.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { runFolder } from './run-folder.ts';

/** What it takes to reach a cluster as its admin. Plain data: it crosses process borders. */
export interface ClusterAccess {
  readonly url: string;
  readonly caFile: string;
  readonly adminToken: string;
  /** Whom the API server takes the admin for. */
  readonly adminUser: string;
  readonly adminKubeconfig: string;
  /** The key that signs ServiceAccount tokens; only a control plane of our own gives it away. */
  readonly serviceAccountKeyFile?: string;
}

interface RequestOptions {
  readonly method?: string;
  readonly body?: unknown;
  readonly contentType?: string;
  /** By default the admin's. */
  readonly token?: string;
}

interface TokenOptions {
  /** From now, by default an hour. The API server allows a minute of leeway: a token that it refuses as expired takes -120. */
  readonly expiresInSeconds?: number;
}

/** A cluster to test against, whether we started it or KUBECONFIG named it. */
export interface Cluster extends ClusterAccess {
  /** One call of the API, path and query as given. Answers of every status are returned, not thrown. */
  request(path: string, options?: RequestOptions): Promise<Answer>;
  /** A namespace of its own for one test file: `<prefix>-<random>`. */
  freshNamespace(prefix: string): Promise<string>;
  /** Makes the ServiceAccount where it is not there, and a token for it. */
  serviceAccountToken(namespace: string, name: string, options?: TokenOptions): Promise<string>;
  /** The path of a kubeconfig that uses this token. */
  kubeconfigFor(token: string, namespace?: string): string;
}

const Uid = z.object({ metadata: z.object({ uid: z.string() }) });
const TokenAnswer = z.object({ status: z.object({ token: z.string() }) });

/** The calls that tests need, over the plain facts of a cluster. */
export function cluster(access: ClusterAccess): Cluster {
  // Read each time: a test may have it renewed.
  const request: Cluster['request'] = (path, { token = access.adminToken, ...rest } = {}) =>
    httpsRequest(access.url + path, { ca: readFileSync(access.caFile, 'utf8'), token, ...rest });
  return {
    ...access,
    request,
    async freshNamespace(prefix) {
      const name = `${prefix}-${randomBytes(4).toString('hex')}`;
      const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
      expectStatus(await request('/api/v1/namespaces', { method: 'POST', body }), 201);
      return name;
    },
    async serviceAccountToken(namespace, name, { expiresInSeconds = 3_600 } = {}) {
      const uid = await serviceAccountUid(request, namespace, name);
      const key = access.serviceAccountKeyFile;
      if (key === undefined) return requestedToken(request, { namespace, name, expiresInSeconds });
      return signedToken(readFileSync(key, 'utf8'), { namespace, name, uid, expiresInSeconds });
    },
    kubeconfigFor: (token, namespace = 'default') =>
      writeKubeconfig(join(runFolder('kubeconfig'), 'config'), { url: access.url, caFile: access.caFile, token, namespace }),
  };
}

async function serviceAccountUid(request: Cluster['request'], namespace: string, name: string): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  const made = await request(path, { method: 'POST', body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } } });
  const account = made.status === 409 ? await request(`${path}/${name}`) : made;
  expectStatus(account, 200, 201);
  return Uid.parse(account.body).metadata.uid;
}

async function requestedToken(
  request: Cluster['request'],
  { namespace, name, expiresInSeconds }: { namespace: string; name: string; expiresInSeconds: number },
): Promise<string> {
  if (expiresInSeconds < 600)
    throw new Error('a foreign cluster gives no token of less than ten minutes: start a control plane of your own');
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: expiresInSeconds } };
  const answer = await request(`/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, { method: 'POST', body });
  expectStatus(answer, 201);
  return TokenAnswer.parse(answer.body).status.token;
}

interface Identity {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly expiresInSeconds: number;
}

/** A bound ServiceAccount token as kube-apiserver itself signs them (kubernetes pkg/serviceaccount/claims.go), ES256. */
function signedToken(keyPem: string, { namespace, name, uid, expiresInSeconds }: Identity): string {
  const now = Math.floor(Date.now() / 1_000);
  const claims = {
    iss: 'https://kubernetes.default.svc',
    aud: ['https://kubernetes.default.svc'],
    sub: `system:serviceaccount:${namespace}:${name}`,
    iat: now - 86_400,
    nbf: now - 86_400,
    exp: now + expiresInSeconds,
    jti: randomBytes(8).toString('hex'),
    'kubernetes.io': { namespace, serviceaccount: { name, uid } },
  };
  const content = `${base64url({ alg: 'ES256', typ: 'JWT' })}.${base64url(claims)}`;
  const signature = sign('sha256', Buffer.from(content), { key: createPrivateKey(keyPem), dsaEncoding: 'ieee-p1363' });
  return `${content}.${signature.toString('base64url')}`;
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function expectStatus({ status, body }: Answer, ...wanted: readonly number[]): void {
  if (!wanted.includes(status))
    throw new Error(`the API server answered ${status}, not ${wanted.join(' or ')}: ${JSON.stringify(body).slice(0, 300)}`);
}
