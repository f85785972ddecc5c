import { type Cluster, cluster } from './cluster.ts';
import { startEtcd } from './etcd.ts';
import { type ApiServer, startApiServer } from './kube-apiserver.ts';
import type { Part } from './part.ts';
import { startWorkloads } from './workloads.ts';

export interface ControlPlaneOptions {
  /** Also the controller manager, the scheduler and kwok with one Node: rollouts and namespace deletions then happen. */
  readonly workloads?: boolean;
  /** Of this user every request is written down, for `audited`. */
  readonly auditedUser?: string;
}

export interface ControlPlane extends Cluster {
  readonly port: number;
  /** Kill, freeze or restart the API server alone; etcd keeps what it holds. */
  readonly apiServer: Pick<Part, 'kill9' | 'restart' | 'freeze' | 'thaw' | 'process'>;
  readonly audited: ApiServer['audited'];
  readonly renewCertificate: ApiServer['renewCertificate'];
  stop(): Promise<void>;
}

/** A control plane of our own on free loopback ports, ready when this resolves. */
export async function startControlPlane({ workloads = false, auditedUser }: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const started: Pick<Part, 'stop'>[] = [];
  const stop = async (): Promise<void> => {
    for (const part of started.splice(0).toReversed()) await part.stop();
  };
  try {
    const etcd = await startEtcd();
    started.push(etcd);
    const apiServer = await startApiServer({ etcdUrl: etcd.url, serviceAccountAdmission: workloads, auditedUser });
    started.push(apiServer);
    const api = cluster(apiServer.access);
    if (workloads) started.push(await startWorkloads(api, apiServer.access.serviceAccountKeyFile));
    const { audited, renewCertificate } = apiServer;
    return { ...api, port: apiServer.port, apiServer, audited, renewCertificate, stop };
  } catch (err) {
    await stop();
    throw err;
  }
}
