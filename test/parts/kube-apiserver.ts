import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AuditedRequest, auditedRequests, auditFlags } from './audit.ts';
import type { ClusterAccess } from './cluster.ts';
import { onFreePorts, portAt } from './free-port.ts';
import { httpsRequest } from './https-request.ts';
import { pathOf } from './installed.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { type Part, startPart } from './part.ts';
import { runFolder } from './run-folder.ts';

export interface ApiServerOptions {
  readonly etcdUrl: string;
  /** Without a controller manager nobody makes the default ServiceAccounts that its admission asks for. */
  readonly serviceAccountAdmission: boolean;
  /** Of this user every request is written down: `audited`. */
  readonly auditedUser?: string | undefined;
}

export interface ApiServer extends Part {
  readonly access: ClusterAccess & { readonly serviceAccountKeyFile: string };
  /** What the audited user has asked so far. */
  readonly audited: () => readonly AuditedRequest[];
  /** Restarts it with a certificate of an authority that nobody knew before; `caFile` is the new one. Whoever read the old one must read again. */
  readonly renewCertificate: () => Promise<void>;
}

const Admin = 'admin';

/** A kube-apiserver with RBAC, one admin token and a fresh ServiceAccount key. A restart keeps its port, certificates and keys. */
export function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  return onFreePorts(1, async ports => {
    const folder = runFolder('kube-apiserver');
    const port = portAt(ports, 0);
    const access = prepare(folder, port);
    const spec = { name: 'kube-apiserver', command: pathOf('kube-apiserver'), args: flags(options, { folder, port }) };
    const part = await startPart({ spec, url: access.url, port, folder, ready: () => ready(access) });
    return {
      ...part,
      access,
      audited: () => auditedRequests(folder),
      async renewCertificate() {
        await part.halt();
        for (const file of ['apiserver.crt', 'apiserver.key']) rmSync(join(folder, file));
        await part.restart();
      },
    };
  });
}

function prepare(folder: string, port: number): ApiServer['access'] {
  const adminToken = randomBytes(24).toString('hex');
  writeFileSync(join(folder, 'tokens.csv'), `${adminToken},${Admin},${Admin},system:masters\n`, { mode: 0o600 });
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'prime256v1',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  writeFileSync(join(folder, 'sa.key'), privateKey, { mode: 0o600 });
  writeFileSync(join(folder, 'sa.pub'), publicKey);
  const url = `https://127.0.0.1:${port}`;
  // The server writes its self-signed chain here when it first starts.
  const caFile = join(folder, 'apiserver.crt');
  const adminKubeconfig = writeKubeconfig(join(folder, 'admin.kubeconfig'), { url, caFile, token: adminToken });
  return { url, caFile, adminToken, adminUser: Admin, adminKubeconfig, serviceAccountKeyFile: join(folder, 'sa.key') };
}

function flags(
  { etcdUrl, serviceAccountAdmission, auditedUser }: ApiServerOptions,
  { folder, port }: { folder: string; port: number },
): string[] {
  return [
    `--etcd-servers=${etcdUrl}`,
    `--secure-port=${port}`,
    '--bind-address=127.0.0.1',
    `--cert-dir=${folder}`,
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    `--service-account-key-file=${join(folder, 'sa.pub')}`,
    `--service-account-signing-key-file=${join(folder, 'sa.key')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.0.0.0/24',
    // Loopback is no address to advertise; nobody reads the endpoints of the service `kubernetes` here.
    '--endpoint-reconciler-type=none',
    '--profiling=false',
    ...(serviceAccountAdmission ? [] : ['--disable-admission-plugins=ServiceAccount']),
    ...(auditedUser === undefined ? [] : auditFlags(folder, auditedUser)),
  ];
}

async function ready({ url, caFile, adminToken }: ClusterAccess): Promise<boolean> {
  if (!existsSync(caFile)) return false;
  const { status } = await httpsRequest(`${url}/readyz`, { ca: readFileSync(caFile, 'utf8'), token: adminToken });
  return status === 200;
}
