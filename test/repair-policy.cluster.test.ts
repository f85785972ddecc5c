import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { playbookManifest, playbookSpec } from './builders/repair-playbook.ts';
import { runManifest, runSpec } from './builders/repair-run.ts';
import { type Approvers, approversOf, type Person } from './builders/run-approvers.ts';
import type { Cluster } from './parts/cluster.ts';
import { eventually } from './parts/eventually.ts';
import { installConfig } from './parts/install-config.ts';
import { sharedControlPlane } from './parts/shared-control-plane.ts';

const Stored = z.looseObject({ spec: z.looseObject({ approvals: z.array(z.looseObject({ by: z.string() })) }) });
type Entry = { readonly by: string; readonly decision: 'Approve' | 'Reject'; readonly reason?: string };
type Answer = Awaited<ReturnType<Cluster['request']>>;

let cluster: Cluster;
let approvers: Approvers;
let mei: Person;
let lin: Person;
let eve: Person;

beforeAll(async () => {
  cluster = await sharedControlPlane();
  await installConfig(cluster, 'config');
  approvers = await approversOf(cluster, await cluster.freshNamespace('policy'));
  [mei, lin, eve] = await Promise.all([approvers.person('mei'), approvers.person('lin'), approvers.person('eve', { approves: false })]);
  for (const { token, by } of [mei, lin])
    await eventually(async () => (await created({ token, entries: [approved(by)], dry: true })).status === 201);
});

const approved = (by: string): Entry => ({ by, decision: 'Approve' });
const rejected = (by: string): Entry => ({ by, decision: 'Reject' });

let runs = 0;

function created({
  token,
  entries,
  name = 'new',
  dry = false,
}: {
  token: string;
  entries: readonly Entry[];
  name?: string;
  dry?: boolean;
}) {
  const body = runManifest(runSpec({ approvals: entries }), name);
  return cluster.request(approvers.runsPath(dry ? '?dryRun=All' : ''), { method: 'POST', token, body });
}

/** The name of a new run, with Mei's rejection in it where asked for. */
async function newRun({ rejectedByMei = false } = {}): Promise<string> {
  const name = `run-${(runs += 1)}`;
  const { status, body } = await created({ token: mei.token, entries: [], name });
  if (status !== 201) throw new Error(JSON.stringify(body));
  if (rejectedByMei) await WAYS['server-side apply'](name, mei, [rejected(mei.by)]);
  return name;
}

async function approvalsOf(name: string): Promise<readonly { readonly by: string }[]> {
  return Stored.parse((await cluster.request(approvers.runsPath(`/${name}`))).body).spec.approvals;
}

/** How a list of approvals can be written. All of them under one field manager, so that an apply takes away what it leaves out. */
type Write = (name: string, as: Person, entries: readonly Entry[]) => Promise<Answer>;
const WAYS = {
  'server-side apply': (name, { token }, approvals) =>
    cluster.request(approvers.runsPath(`/${name}?fieldManager=kubectl&force=true`), {
      method: 'PATCH',
      contentType: 'application/apply-patch+yaml',
      token,
      body: { apiVersion: 'awoooi.io/v1alpha1', kind: 'RepairRun', metadata: { name }, spec: { approvals } },
    }),
  update: async (name, { token }, approvals) => {
    const { spec, ...rest } = Stored.parse((await cluster.request(approvers.runsPath(`/${name}`))).body);
    return cluster.request(approvers.runsPath(`/${name}`), { method: 'PUT', token, body: { ...rest, spec: { ...spec, approvals } } });
  },
  'merge patch': (name, { token }, approvals) =>
    cluster.request(approvers.runsPath(`/${name}`), {
      method: 'PATCH',
      contentType: 'application/merge-patch+json',
      token,
      body: { spec: { approvals } },
    }),
  'JSON patch': (name, { token }, value) =>
    cluster.request(approvers.runsPath(`/${name}`), {
      method: 'PATCH',
      contentType: 'application/json-patch+json',
      token,
      body: [{ op: 'add', path: '/spec/approvals', value }],
    }),
} satisfies Record<string, Write>;

function said({ status, body }: Answer): string {
  expect(status).toBe(403);
  return z.object({ message: z.string() }).parse(body).message;
}

const NAMES_ANOTHER = 'that you add, change or remove names somebody else: write an entry with by: ';

describe.each(Object.entries<Write>(WAYS))('by %s', (_, write) => {
  it('a user approves, thinks again and takes it back', async () => {
    const run = await newRun();
    for (const entries of [[approved(mei.by)], [rejected(mei.by)], []]) {
      expect(await write(run, mei, entries)).toMatchObject({ status: 200 });
      expect(await approvalsOf(run)).toEqual(entries);
    }
  });

  it('nobody approves in the name of another', async () => {
    const run = await newRun();
    expect(said(await write(run, mei, [approved(lin.by)]))).toContain(`${NAMES_ANOTHER}${mei.by}, and leave those of others`);
    expect(said(await write(run, mei, [approved(mei.by), approved(lin.by)]))).toContain(NAMES_ANOTHER);
    expect(said(await write(run, eve, [approved(mei.by)]))).toContain(NAMES_ANOTHER);
    expect(await approvalsOf(run)).toEqual([]);
  });

  it('nobody approves without the verb', async () => {
    const run = await newRun();
    const refusal = said(await write(run, eve, [approved(eve.by)]));
    expect(refusal).toContain('only who holds the verb approve on repairruns may write spec.approvals');
    expect(refusal).toContain(`${eve.by} does not in namespace ${approvers.namespace}: have the ClusterRole awoooi-repair-approver bound`);
    expect(await approvalsOf(run)).toEqual([]);
  });

  it('the entry of another is neither changed nor removed nor replaced', async () => {
    const run = await newRun({ rejectedByMei: true });
    for (const entries of [[approved(mei.by)], [{ ...rejected(mei.by), reason: 'x' }], [], [approved(lin.by)]])
      expect(said(await write(run, lin, entries))).toContain(NAMES_ANOTHER);
    expect(await approvalsOf(run)).toEqual([rejected(mei.by)]);
  });

  it('a second user decides beside the first', async () => {
    const run = await newRun({ rejectedByMei: true });
    expect(await write(run, lin, [rejected(mei.by), approved(lin.by)])).toMatchObject({ status: 200 });
    expect(await approvalsOf(run)).toEqual([rejected(mei.by), approved(lin.by)]);
  });
});

describe('a run', () => {
  it('is made with the approval of the user who makes it, and of nobody else', async () => {
    expect(await created({ token: mei.token, entries: [approved(mei.by)], dry: true })).toMatchObject({ status: 201 });
    expect(said(await created({ token: mei.token, entries: [approved(lin.by)] }))).toContain(NAMES_ANOTHER);
    expect(said(await created({ token: mei.token, entries: [approved(mei.by), approved(lin.by)] }))).toContain(NAMES_ANOTHER);
    expect(said(await created({ token: eve.token, entries: [approved(eve.by)] }))).toContain('only who holds the verb approve');
    expect(await created({ token: eve.token, entries: [], dry: true })).toMatchObject({ status: 201 });
  });

  it('that may go ahead by itself is made by the operator alone', async () => {
    const body = runManifest(runSpec({ mode: 'Automatic' }), 'by-itself');
    const by = (token: string) => cluster.request(approvers.runsPath('?dryRun=All'), { method: 'POST', token, body });
    for (const { token } of [mei, eve]) expect(said(await by(token))).toContain('runs with mode Automatic are made by the operator alone');
    expect(await by(await cluster.serviceAccountToken('awoooi-system', 'awoooi-operator'))).toMatchObject({ status: 201 });
  });

  it('is edited otherwise as RBAC has it', async () => {
    const run = await newRun({ rejectedByMei: true });
    const body = { metadata: { labels: { team: 'shop' } } };
    const contentType = 'application/merge-patch+json';
    const options = { method: 'PATCH', contentType, token: eve.token, body };
    expect(await cluster.request(approvers.runsPath(`/${run}`), options)).toMatchObject({ status: 200 });
  });

  it('takes the decision of the last of as many as there may be, each with a long reason', async () => {
    const run = await newRun();
    const reason = '理'.repeat(1000);
    const people = await Promise.all(Array.from({ length: 64 }, (_, n) => approvers.person(`p${n}`)));
    for (const { token, by } of people) {
      const body = [{ op: 'add', path: '/spec/approvals/-', value: { ...approved(by), reason } }];
      const options = { method: 'PATCH', contentType: 'application/json-patch+json', token, body };
      await eventually(async () => (await cluster.request(approvers.runsPath(`/${run}`), options)).status === 200);
    }
    const entries = people.map(({ by }) => ({ ...approved(by), reason }));
    expect(await approvalsOf(run)).toEqual(entries);
    const [first] = people;
    if (!first) throw new Error('there is nobody');
    expect(
      said(
        await WAYS['merge patch'](
          run,
          first,
          entries.map(entry => ({ ...entry, reason: '改'.repeat(1000) })),
        ),
      ),
    ).toContain(NAMES_ANOTHER);
  });
});

describe('the status', () => {
  const approvals = [{ by: 'mei', via: 'kubernetes', decision: 'Approve', time: '2026-01-01T00:00:00Z' }];
  const FORGED: readonly (readonly [how: string, write: (path: string, token: string, status: object) => Promise<Answer>])[] = [
    [
      'merge patch',
      (path, token, status) =>
        cluster.request(path, { method: 'PATCH', contentType: 'application/merge-patch+json', token, body: { status } }),
    ],
    [
      'JSON patch',
      (path, token, value) =>
        cluster.request(path, {
          method: 'PATCH',
          contentType: 'application/json-patch+json',
          token,
          body: [{ op: 'add', path: '/status', value }],
        }),
    ],
    [
      'update',
      async (path, token, status) => {
        const now = z.looseObject({}).parse((await cluster.request(path)).body);
        return cluster.request(path, { method: 'PUT', token, body: { ...now, status } });
      },
    ],
  ];

  it.each(FORGED)('of a run is not forged by %s, and the operator writes it', async (_, write) => {
    const path = approvers.runsPath(`/${await newRun()}/status`);
    for (const { token } of [mei, eve])
      expect(said(await write(path, token, { phase: 'Running', approvals }))).toContain('by the operator alone');
    const operator = await cluster.serviceAccountToken('awoooi-system', 'awoooi-operator');
    const [, merge] = FORGED[0] ?? [];
    expect(await merge?.(path, operator, { phase: 'Running', approvals })).toMatchObject({ status: 200 });
  });

  it.each(FORGED)('of a playbook is not forged by %s', async (_, write) => {
    const name = `trusted-${(runs += 1)}`;
    const path = `/apis/awoooi.io/v1alpha1/namespaces/${approvers.namespace}/repairplaybooks`;
    const body = playbookManifest(playbookSpec(), name);
    expect(await cluster.request(path, { method: 'POST', token: eve.token, body })).toMatchObject({ status: 201 });
    expect(said(await write(`${path}/${name}/status`, eve.token, { trust: 'Trusted' }))).toContain(
      'the status of repairplaybooks is written',
    );
  });

  it('cannot be given to a new run', async () => {
    const body = { ...runManifest(runSpec(), 'born-approved'), status: { phase: 'Running', approvals } };
    const answer = await cluster.request(approvers.runsPath(), { method: 'POST', token: mei.token, body });
    expect(answer.status).toBe(201);
    expect(answer.body).not.toHaveProperty('status');
  });
});
