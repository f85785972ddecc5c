import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clientOf, quiet } from '../../test/builders/kube-frame.ts';
import type { Candidate } from '../../test/builders/lease-candidate.ts';
import type { Cluster } from '../../test/parts/cluster.ts';
import { eventually } from '../../test/parts/eventually.ts';
import { type Child, startChild } from '../../test/parts/process.ts';
import { removeFolder, runFolder } from '../../test/parts/run-folder.ts';
import { sharedControlPlane } from '../../test/parts/shared-control-plane.ts';
import { type FaultProxy, faultProxy } from '../../test/servers/fault-proxy.ts';
import type { Leadership } from './controller.ts';
import { LeaseElection, type LeaseTimes } from './lease.ts';
import { isRecord } from './object.ts';

const SHORT: LeaseTimes = { durationMs: 4_000, renewDeadlineMs: 2_500, retryPeriodMs: 500 };
/** So long that only a release, never a lapse, can hand the lease over within a test. */
const LONG: LeaseTimes = { durationMs: 120_000, renewDeadlineMs: 60_000, retryPeriodMs: 500 };

let cluster: Cluster;
let namespace: string;
let folder: string;
const cleanups: (() => Promise<void>)[] = [];

beforeAll(async () => {
  cluster = await sharedControlPlane();
});
beforeEach(async () => {
  namespace = await cluster.freshNamespace('lease');
  folder = runFolder('lease');
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  removeFolder(folder);
});

function candidate(identity: string, times: LeaseTimes): Child {
  const { url, caFile, adminToken, adminUser, adminKubeconfig } = cluster;
  const asked: Candidate = {
    access: { url, caFile, adminToken, adminUser, adminKubeconfig },
    namespace,
    identity,
    times,
    actsFile: actsFile(),
  };
  const script = join(import.meta.dirname, '../../test/builders/lease-candidate.ts');
  const child = startChild({ name: identity, command: process.execPath, args: [script, JSON.stringify(asked)] });
  cleanups.push(() => child.kill9());
  return child;
}

const actsFile = (): string => join(folder, 'acts');

function acts(): string[] {
  return existsSync(actsFile()) ? readFileSync(actsFile(), 'utf8').trimEnd().split('\n') : [];
}

/** Who acted, one after another: two names mean one change of leader. */
function reigns(): string[] {
  return acts().filter((who, at, all) => who !== all[at - 1]);
}

async function acting(identity: string, withinMs = 30_000): Promise<void> {
  const before = acts().filter(who => who === identity).length;
  await eventually(() => acts().filter(who => who === identity).length > before, { withinMs });
}

async function spec(): Promise<Readonly<Record<string, unknown>>> {
  const { body } = await cluster.request(`/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/contended`);
  return isRecord(body) && isRecord(body['spec']) ? body['spec'] : {};
}

async function proxied(): Promise<FaultProxy> {
  const { hostname: host, port } = new URL(cluster.url);
  const proxy = await faultProxy({ host, port: Number(port) });
  cleanups.push(() => proxy.stop());
  return proxy;
}

describe('two candidates', () => {
  it('lead one after the other when one is frozen for longer than the lease: it does nothing when it comes back', async () => {
    const first = candidate('first', SHORT);
    await acting('first');
    const second = candidate('second', SHORT);
    await eventually(() => second.running());
    first.freeze();
    await acting('second');
    first.thaw();
    await eventually(() => first.log().includes('leadership lost'), { withinMs: 30_000 });
    // It competes again, and is given the lease only when the other goes.
    await acting('second');
    expect(reigns()).toEqual(['first', 'second']);
    await second.stop();
    await acting('first');
    expect(reigns()).toEqual(['first', 'second', 'first']);
  });

  it('hand the lease over at once when the leader is told to stop', async () => {
    const first = candidate('first', LONG);
    await acting('first');
    candidate('second', LONG);
    await first.stop();
    await acting('second');
    expect(reigns()).toEqual(['first', 'second']);
    expect(await spec()).toMatchObject({ holderIdentity: 'second', leaseTransitions: 1 });
  });

  it('lead one after the other when the leader is killed', async () => {
    const first = candidate('first', SHORT);
    await acting('first');
    const second = candidate('second', SHORT);
    await first.kill9();
    await acting('second');
    expect(reigns()).toEqual(['first', 'second']);
    await second.stop();
    expect(await spec()).toMatchObject({ holderIdentity: '' });
  });
});

describe('one candidate', () => {
  interface Competing {
    readonly terms: Leadership[];
    readonly seen: string[];
  }

  function compete(url: string, times: LeaseTimes): Competing {
    const stop = new AbortController();
    const client = clientOf({ ...cluster, url });
    const competing: Competing = { terms: [], seen: [] };
    const election = new LeaseElection({
      client,
      namespace,
      name: 'contended',
      identity: 'me',
      times,
      now: () => new Date(),
      random: Math.random,
      metrics: {
        leading: yes => void competing.seen.push(yes ? 'leading' : 'not leading'),
        transition: () => void competing.seen.push('transition'),
        renewFailure: () => void competing.seen.push('failure'),
      },
      log: quiet,
    });
    const running = election.run(stop.signal, async (over, leadership) => {
      competing.terms.push(leadership);
      await eventually(() => over.aborted, { withinMs: 120_000 });
    });
    cleanups.push(async () => {
      stop.abort();
      await running;
      await client.close();
    });
    return competing;
  }

  it.each(['stall', 'refuse'] as const)(
    'stops leading by itself when the API server is away too long (%s), and leads again',
    async fault => {
      const proxy = await proxied();
      const competing = compete(`https://127.0.0.1:${proxy.port}`, SHORT);
      await eventually(() => competing.terms.length === 1);
      if (fault === 'refuse') proxy.reset();
      proxy[fault]();
      await eventually(() => competing.terms[0]?.signal.aborted, { withinMs: 20_000 });
      expect(() => competing.terms[0]?.assertLeading()).toThrow('leads no longer');
      proxy.heal();
      proxy.reset();
      await eventually(() => competing.terms.length === 2, { withinMs: 20_000 });
      expect(competing.terms.map(term => term.isLeading())).toEqual([false, true]);
      expect(competing.seen).toContain('failure');
    },
  );

  it('waits for a foreign holder whose clock is wrong, by its own clock, and leaves its times as they are', async () => {
    const body = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'contended' },
      spec: {
        holderIdentity: 'foreign',
        leaseDurationSeconds: 2,
        acquireTime: '2001-01-01T00:00:00.123456Z',
        renewTime: '2001-01-01T00:00:00.654321Z',
        leaseTransitions: 7,
      },
    };
    const made = await cluster.request(`/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`, { method: 'POST', body });
    expect(made.status).toBe(201);
    const competing = compete(cluster.url, SHORT);
    // By its clock it ran out in 2001; by ours it has only just been seen.
    const started = performance.now();
    await eventually(() => competing.terms.length === 1, { withinMs: 30_000 });
    expect(performance.now() - started).toBeGreaterThan(SHORT.durationMs - 500);
    expect(await spec()).toMatchObject({ holderIdentity: 'me', leaseTransitions: 8, leaseDurationSeconds: 4 });
    expect((await spec())['renewTime']).toMatch(/\.\d{6}Z$/);
    expect(competing.seen).toContain('transition');
  });

  it('stops at once when another has taken the lease', async () => {
    const competing = compete(cluster.url, LONG);
    await eventually(() => competing.terms.length === 1);
    const taken = await cluster.request(`/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/contended`, {
      method: 'PATCH',
      contentType: 'application/merge-patch+json',
      body: { spec: { holderIdentity: 'usurper' } },
    });
    expect(taken.status).toBe(200);
    await eventually(() => competing.terms[0]?.signal.aborted);
    expect((await spec())['holderIdentity']).toBe('usurper');
  });
});
