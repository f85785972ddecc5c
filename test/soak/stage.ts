import { alertmanagerConfig } from '../../demo/alertmanager-config.ts';
import { probe, raiseStage, SHORT_LEASE } from '../e2e/stage.ts';
import { type ProbeView, probeView } from '../e2e/probe-view.ts';
import { type Alertmanager, startAlertmanager } from '../parts/alertmanager.ts';
import { cluster } from '../parts/cluster.ts';
import { type ControlPlane, startControlPlane } from '../parts/control-plane.ts';
import { eventually } from '../parts/eventually.ts';
import { type Operator, startOperator } from '../parts/operator.ts';
import type { Part } from '../parts/part.ts';
import { startRedis } from '../parts/redis.ts';
import { type FaultProxy, faultProxy } from '../servers/fault-proxy.ts';
import { startTarget } from '../servers/target.ts';
import { startFront } from './front.ts';

/** A whole chain on loopback: two replicas of the operator, whose way to the API server can be cut, and whose Service Alertmanager posts to. */
export interface SoakStage {
  readonly namespace: string;
  readonly plane: ControlPlane;
  /** Stands between both operators and the API server. */
  readonly way: FaultProxy;
  readonly redis: Part;
  readonly alertmanager: Alertmanager;
  /** By identity. One of them is never killed: what grows shows in it. */
  readonly operators: Readonly<Record<Replica, Operator>>;
  readonly view: ProbeView;
  /** Who holds the lease, as it says. */
  leader(): Promise<string>;
}

export type Replica = 'mortal' | 'survivor';

interface Stoppable {
  stop(): Promise<void>;
}

export type Keep = <T extends Stoppable>(part: T) => T;

/** Starts everything and hands each part to `keep` as soon as it runs. The mortal leads. */
export async function raiseSoakStage(keep: Keep, lastsSeconds: number): Promise<SoakStage> {
  const plane = keep(await startControlPlane());
  const way = keep(await faultProxy({ host: '127.0.0.1', port: plane.port }));
  const redis = keep(await startRedis({ appendOnly: true }));
  const target = keep(await startTarget());
  const stage = await raiseStage('soak', { cluster: plane });
  const { namespace, webhookToken } = stage;
  const leader = async (): Promise<string> =>
    (await stage.tryKubectl('get', 'lease', 'awoooi-operator', '-o', 'jsonpath={.spec.holderIdentity}')).stdout;

  const token = await plane.serviceAccountToken('awoooi-system', 'awoooi-operator', { expiresInSeconds: lastsSeconds });
  const kubeconfig = cluster({ ...plane, url: `https://127.0.0.1:${way.port}` }).kubeconfigFor(token, namespace);
  const operator = async (identity: Replica): Promise<Operator> =>
    keep(await startOperator({ ...stage.operator(redis.url, { ...SHORT_LEASE, AWOOOI_IDENTITY: identity }), kubeconfig }));
  const mortal = await operator('mortal');
  await eventually(async () => (await leader()) === 'mortal', { withinMs: 30_000 });
  const survivor = await operator('survivor');
  const front = keep(await startFront([mortal.port, survivor.port]));
  const config = alertmanagerConfig({ operatorPort: front.port, webhookToken });
  const alertmanager = keep(await startAlertmanager({ version: '0.33', config }));

  const canary = { name: 'paging', type: 'AlertmanagerCanary', alertmanager: { urls: [alertmanager.url], receiver: 'awoooi' } };
  const hops = [{ name: 'api', type: 'Health' }, canary];
  await stage.apply(probe('soak', { timeout: '25s', target: { url: target.url }, hops }));
  return {
    namespace,
    plane,
    way,
    redis,
    alertmanager,
    operators: { mortal, survivor },
    view: probeView(stage, 'soak'),
    leader,
  };
}
