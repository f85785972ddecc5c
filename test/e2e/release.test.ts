import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awoooi } from '../cli/shell.ts';
import { eventually } from '../parts/eventually.ts';
import { Root } from '../parts/installed.ts';
import { startOperator } from '../parts/operator.ts';
import { commandsOf, shell } from './release-notes.ts';
import { condition, probeView } from './probe-view.ts';
import { type Life, livesIn } from './release-lives.ts';
import { leaks, saidBy, secretsOf, supportBundle } from './release-secrets.ts';
import { isUsed, rightsOf } from './release-rights.ts';
import { useOf, USES } from './release-uses.ts';
import { raiseReleaseWorld, type ReleaseWorld } from './release-world.ts';
import { releasePod, testHook } from './release-pod.ts';
import { CREDENTIALS, RELEASE } from './release.ts';
import { repairScene } from './repair-stage.ts';
import { alertRule, rulesOn, signozView } from './rule-stage.ts';
import { metricsOf, probe } from './stage.ts';

let world: ReleaseWorld;

beforeAll(async () => {
  world = await raiseReleaseWorld();
  await repairScene(world.stage, world.alertmanager).watchdog();
});
afterAll(() => world?.stop());

it('proves the chain by the probe that the chart begins with', async () => {
  const view = probeView({ cluster: world.cluster, namespace: RELEASE.namespace }, 'first-probe');
  // The first Watchdog is on its way.
  const proven = async (): Promise<boolean> => condition(await view.run()) === 'True/AllHopsPassed';
  await expect(eventually(proven, { withinMs: 60_000 })).resolves.toBe(true);
});

describe('the life of every kind, while one replica hands over to the other:', () => {
  const steps: readonly (readonly [keyof Life, 'kill' | 'end'])[] = [
    ['create', 'end'],
    ['change', 'kill'],
    ['fault', 'end'],
    ['recover', 'kill'],
    ['end', 'end'],
  ];
  it.each(steps)(
    '%s (and %s)',
    async (step, how) => {
      const lives = Object.values(livesIn(world));
      await expect(Promise.all([...lives.map(life => life[step]()), world.handOver(how)])).resolves.toBeDefined();
    },
    180_000,
  );
});

describe('whatever else it is for', () => {
  it.concurrent.each(Object.entries(USES))('%s', async (_, use) => expect(use(useOf(world))).resolves.toBeUndefined(), 180_000);
});

const fileOf = (file: string, of: string): object => ({ file, from: `Secret ${of}, key ${file}` });

describe('what may be shown to others', () => {
  it('has none of the secrets: metrics, logs, events and objects', async () => {
    const secrets = await secretsOf(world);
    expect(secrets.length).toBeGreaterThan(7);
    expect(leaks(await saidBy(world), secrets)).toEqual([]);
  });

  it('nor has a support bundle, which has all the rest', async () => {
    const { status, stderr, files } = await supportBundle(world);
    expect([status, stderr]).toEqual([0, expect.any(String)]);
    expect(leaks(files, await secretsOf(world))).toEqual([]);
    expect([...files.keys()]).toEqual(expect.arrayContaining(['versions.json', 'conditions.txt', 'operator/configuration.json']));
    const { deployments } = JSON.parse(files.get('operator/configuration.json') ?? '{}');
    expect(deployments).toMatchObject([{ volumes: [{ files: expect.arrayContaining([fileOf('SENTRY_API_TOKEN', 'sentry-api-token')]) }] }]);
  });
});

describe('the rights of the chart', () => {
  it('are all that the operator ever needed', () => {
    expect(world.cluster.audited().filter(({ allowed }) => !allowed)).toEqual([]);
  });

  it('are each needed', async () => {
    const requests = world.cluster.audited();
    const rights = await rightsOf(world.cluster, RELEASE.name);
    expect(rights.length).toBeGreaterThan(40);
    const unused = rights.filter(right => !isUsed(right, requests));
    // No request of its own: the API server asks for it within a patch that makes the object.
    expect(unused).toEqual([expect.objectContaining({ resource: 'repairplaybooks', verb: 'create' })]);
  });

  it('have to let the operator create the playbooks that it applies', async () => {
    const { stage } = world;
    await stage.kubectl('create', 'role', 'patcher', '--verb=get,patch', '--resource=repairplaybooks.awoooi.io');
    await stage.kubectl('create', 'rolebinding', 'patcher', '--role=patcher', '--user=patcher');
    const file = join(Root, 'examples/repairs/restart-api.yaml');
    const applied = await stage.tryKubectl('apply', '--server-side', '--as=patcher', '-f', file);
    expect(applied).toMatchObject({ status: 1, stderr: expect.stringContaining('cannot create resource "repairplaybooks"') });
  });
});

describe('the next steps that Helm prints', () => {
  it('are three commands', () => {
    expect(commandsOf(world.notes)).toHaveLength(3);
  });

  it('see it get ready, give the token for Alertmanager, and list the probes', async () => {
    const [ready = '', token = '', probes = ''] = commandsOf(world.notes);
    // Under kwok no container runs: what `helm test` does there, the next test does.
    const [rollout = '', helmTest] = ready.split(' && ');
    expect(helmTest).toBe(`helm test ${RELEASE.name} -n ${RELEASE.namespace}`);
    expect(await shell(rollout, world.cluster)).toContain('successfully rolled out');
    expect(await shell(token, world.cluster)).toBe(world.stage.webhookToken);
    expect(await shell(probes, world.cluster)).toContain('first-probe');
  });

  it('try it by helm test, whose command passes, and names what is broken', async () => {
    const hook = await testHook(world.release, world.replicas[0]);
    const passed = await awoooi(hook.args, { env: hook.env });
    expect(passed).toMatchObject({ status: 0, stdout: expect.stringMatching(/alertmanager +AlertmanagerWebhook +Passed/) });
    expect(passed.stdout).toMatch(/canary +AlertmanagerCanary +Passed/);
    const wrong = await awoooi(hook.args, { env: { ...hook.env, SECRET_CREDENTIALS_AWOOOI_WEBHOOK_TOKEN: 'of-somebody-else' } });
    expect(wrong).toMatchObject({ status: 1, stdout: expect.stringMatching(/alertmanager +AlertmanagerWebhook +Failed/) });
  });
});

/** What both replicas answer to a sender that shows this token; 0 where they differ. */
const taken = async (token: string): Promise<number> => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ version: '4', status: 'firing', alerts: [] });
  const answers = world.replicas.map(({ url }) => fetch(`${url}/api/v1/webhooks/alertmanager`, { method: 'POST', headers, body }));
  const [one, two] = (await Promise.all(answers)).map(({ status }) => status);
  return one === two ? (one ?? 0) : 0;
};

describe('what people rotate', () => {
  it('webhook tokens: while both are there both are taken, and then the new one alone', async () => {
    const { webhookToken: old } = world.stage;
    const news = 'the-token-that-comes-next';
    expect([await taken(old), await taken(news)]).toEqual([200, 401]);
    await world.release.rotate(CREDENTIALS, { AWOOOI_WEBHOOK_TOKENS: `${old},${news}` });
    await world.refresh();
    await eventually(async () => (await taken(news)) === 200, { withinMs: 30_000 });
    expect(await taken(old)).toBe(200);
    await world.release.rotate(CREDENTIALS, { AWOOOI_WEBHOOK_TOKEN: news, AWOOOI_WEBHOOK_TOKENS: news });
    await world.refresh();
    await eventually(async () => (await taken(old)) === 401, { withinMs: 30_000 });
    expect(await taken(news)).toBe(200);
    await world.tell(news);
  });

  it('the token of the ServiceAccount: one that expired is replaced, and the operator goes on', async () => {
    const view = probeView({ cluster: world.cluster, namespace: RELEASE.namespace }, 'first-probe');
    await world.refresh({ expiresInSeconds: -120 });
    const refused = async (): Promise<boolean> =>
      /awoooi_kube_requests_total\{[^}]*status="401"[^}]*\} [1-9]/.test(await metricsOf(await world.leader()));
    await eventually(refused, { withinMs: 120_000 });
    await world.refresh();
    expect(await view.run(120_000)).toMatchObject({ lastRun: { phase: 'Passed' } });
  });
});

/** What bears the label of the release, of whatever kind and wherever, by kind and name. */
async function left(): Promise<readonly string[]> {
  const kinds = (await shell('kubectl api-resources --verbs=list -o name', world.cluster)).trim().split('\n').join(',');
  const of = `-l app.kubernetes.io/instance=${RELEASE.name}`;
  const names = await shell(`kubectl get ${kinds} -A ${of} --ignore-not-found -o name`, world.cluster);
  return [...new Set(names.trim().split('\n'))].toSorted();
}

const image = async (): Promise<string> =>
  shell(`kubectl -n ${RELEASE.namespace} get deployment ${RELEASE.fullname} -o jsonpath='{..image}'`, world.cluster);

describe('a release', () => {
  it('keeps its credentials and every object over an upgrade and a rollback', async () => {
    const { release, stage, values } = world;
    await stage.apply(alertRule('kept'), probe('kept', { target: { url: world.target.url }, hops: [{ name: 'api', type: 'Health' }] }));
    await rulesOn(stage).synced('kept');
    const secrets = async () => Promise.all([release.secret(CREDENTIALS), release.secret(`${RELEASE.fullname}-redis`)]);
    const before = await secrets();
    const uids = () =>
      shell(
        `kubectl -n ${RELEASE.namespace} get secret ${CREDENTIALS} ${RELEASE.fullname}-redis -o jsonpath='{.items[*].metadata.uid}'`,
        world.cluster,
      );
    const made = await uids();
    await release.install({ ...values, image: { tag: '9.9.9' }, replicas: 3 });
    expect(await image()).toContain(':9.9.9');
    expect(await secrets()).toEqual(before);
    // Never taken away and made anew: a Helm that is killed between the two would lose them.
    expect(await uids()).toBe(made);
    await release.helm('rollback', RELEASE.name);
    expect(await image()).not.toContain(':9.9.9');
    expect(await secrets()).toEqual(before);
    expect(await stage.kubectl('get', 'sar,acp', 'kept', '-o', 'name')).toBe(
      'signozalertrule.awoooi.io/kept\nalertchainprobe.awoooi.io/kept\n',
    );
  });

  it('leaves the kinds, their objects and the volume of Redis when it is uninstalled, and nothing else', async () => {
    await world.release.helm('uninstall', RELEASE.name, '--wait');
    const kinds = ['alertchainprobes', 'repairplaybooks', 'repairruns', 'signozalertrules'];
    await eventually(
      async () => {
        const names = await left();
        expect(names).toEqual([
          ...kinds.map(kind => `customresourcedefinition.apiextensions.k8s.io/${kind}.awoooi.io`),
          `persistentvolumeclaim/data-${RELEASE.fullname}-redis-0`,
        ]);
        return true;
      },
      { withinMs: 60_000, everyMs: 500 },
    );
    expect(await world.stage.kubectl('get', 'sar', 'kept', '-o', 'name')).toBe('signozalertrule.awoooi.io/kept\n');
  });

  it('takes its objects back when it is installed again, and makes nothing twice in SigNoz', async () => {
    const of = () => signozView(world.signoz).ofObject('kept');
    const [known] = of();
    await world.installAgain();
    await rulesOn(world.stage).patch('kept', { name: 'Taken back' });
    await eventually(() => of()[0]?.alert === 'Taken back', { withinMs: 60_000 });
    expect(of().map(({ id }) => id)).toEqual([known?.id]);
  });

  it('for some namespaces alone needs no rights on objects of all others', async () => {
    const { cluster, release, redis, stage, values } = world;
    for (const replica of world.replicas) await replica.halt();
    await release.install({ ...values, namespaces: [stage.namespace, RELEASE.namespace] });
    const everywhere = (await rightsOf(cluster, RELEASE.name)).filter(({ namespace }) => namespace === '');
    expect(everywhere.map(({ resource }) => resource).toSorted()).toEqual(['namespaces', 'subjectaccessreviews', 'tokenreviews']);
    // Those before were asked while the release was away, and its rights with it.
    const asked = cluster.audited().length;
    const { options } = await releasePod(cluster, release, redis);
    const operator = await startOperator({ ...options, port: world.replicas[0].port });
    await probeView(stage, 'kept').run(60_000);
    await rulesOn(stage).patch('kept', { name: 'In some namespaces' });
    await eventually(() => signozView(world.signoz).ofObject('kept')[0]?.alert === 'In some namespaces', { withinMs: 60_000 });
    expect(
      cluster
        .audited()
        .slice(asked)
        .filter(({ allowed }) => !allowed),
    ).toEqual([]);
    await operator.stop();
    await release.install(values);
    for (const replica of world.replicas) await replica.restart();
  }, 180_000);

  it('goes on with a new certificate of the API server, by an authority that its pods then have', async () => {
    await world.cluster.renewCertificate();
    await world.refresh();
    const view = probeView({ cluster: world.cluster, namespace: RELEASE.namespace }, 'first-probe');
    expect(await view.run(120_000)).toMatchObject({ lastRun: { phase: 'Passed' } });
  }, 180_000);
});
