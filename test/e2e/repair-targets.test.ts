import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../parts/eventually.ts';
import { type AdmissionWebhook, startAdmissionWebhook } from '../servers/admission-webhook.ts';
import { raiseRepairStage, type RepairStage, type RunView } from './repair-stage.ts';

let repair: RepairStage;
let webhook: AdmissionWebhook;

beforeAll(async () => {
  [repair, webhook] = await Promise.all([raiseRepairStage('targets'), startAdmissionWebhook()]);
  await repair.watchdog();
});
afterAll(() => Promise.all([repair, webhook].map(part => part?.stop())));

const TARGET = { kind: 'Deployment', fromLabel: 'deployment' };
const RESTART = { action: 'restart_pod', target: TARGET };
const SHORT = { window: '15s', quiet: '1s', evaluationInterval: '1s' };
const memory = (name: string): Promise<string> =>
  repair.stage.kubectl('get', 'deployment', name, '-o', 'jsonpath={.spec.template.spec.containers[0].resources.limits.memory}');

/** A Deployment, a playbook and an alert of this name, and their run as it asks. */
async function asked(name: string, spec: object): Promise<RunView> {
  await repair.deploy(name);
  await repair.playbook(name, { match: { alertname: name }, ...spec });
  await repair.fire(name, name);
  return repair.run(name, ({ status }) => status?.phase === 'AwaitingApproval');
}

const phase = (name: string, wanted: string): Promise<RunView> => repair.run(name, ({ status }) => status?.phase === wanted);
const says = (name: string, words: RegExp): Promise<RunView> => repair.run(name, ({ status }) => words.test(status?.message ?? ''));
const messageOf = ({ status }: RunView): string => `${status?.verdict?.reason}: ${status?.verdict?.message}`;

describe('a target', () => {
  it.concurrent('that is deleted before anything is done: the run fails, and teaches nothing', async () => {
    const run = await asked('before', { steps: [RESTART] });
    await repair.stage.kubectl('delete', 'deployment', 'before');
    await repair.approve(run);
    const ended = await phase('before', 'Failed');
    expect(messageOf(ended)).toMatch(/StepRefused: .*Deployment.*before/);
    expect(ended.status?.learned).toBeUndefined();
  });

  it.concurrent('that is deleted while it is watched: nobody can say anything', async () => {
    await repair.approve(await asked('during', { steps: [RESTART] }));
    await phase('during', 'Verifying');
    await repair.stage.kubectl('delete', 'deployment', 'during');
    await repair.resolve('during', 'during');
    const ended = await phase('during', 'Unknown');
    expect(messageOf(ended)).toMatch(/TargetGone: /);
    expect(ended.status?.learned).toBeUndefined();
  });

  it.concurrent('that is deleted while it rolls out: nobody can say anything', async () => {
    await repair.approve(await asked('mid', { steps: [{ action: 'increase_cpu', target: TARGET, parameters: { to: '64', max: '64' } }] }));
    await eventually(async () => (await repair.rollouts('mid')) === 2);
    await repair.stage.kubectl('delete', 'deployment', 'mid');
    expect(messageOf(await phase('mid', 'Unknown'))).toMatch(/StepUnknown: .*gone/);
  });

  it.concurrent('of which a pod is repaired: no other run begins on its workload until that has cooled down', async () => {
    const limits = { cooldown: '10m', maxPerHour: 60 };
    const other = await asked('owned', { steps: [RESTART], limits });
    const pod = await repair.stage.kubectl('get', 'pods', '-l', 'app=owned', '-o', 'jsonpath={.items[0].metadata.name}');
    await repair.playbook('by-pod', {
      match: { alertname: 'by-pod' },
      steps: [{ action: 'delete_pod', target: { kind: 'Pod', fromLabel: 'pod' } }],
      limits,
    });
    await repair.fire('by-pod', 'owned', { pod });
    await repair.approve(await phase('by-pod', 'AwaitingApproval'));
    const { status } = await phase('by-pod', 'Verifying');
    expect(status?.steps?.[0]?.intent?.workload).toBe('Deployment/owned');
    await repair.approve(other);
    await says('owned', /Another run is under way on Deployment\/owned/);
    await repair.resolve('by-pod', 'owned', { pod });
    await phase('by-pod', 'Succeeded');
    await says('owned', /Deployment\/owned was repaired less than 10m ago/);
    expect(await repair.rollouts('owned')).toBe(1);
  });

  it.concurrent('that is scaled by somebody else while the run waits: it is planned anew', async () => {
    const run = await asked('scaled', { steps: [{ action: 'scale_up', target: TARGET, parameters: { by: 1, maxReplicas: 8 } }] });
    await repair.stage.kubectl('scale', 'deployment', 'scaled', '--replicas=4');
    await repair.approve(run);
    const { status } = await phase('scaled', 'Verifying');
    expect(status?.steps?.[0]?.intent?.summary).toBe('Scales Deployment scaled from 4 to 5 replicas.');
    expect((await repair.workload('scaled')).spec.replicas).toBe(5);
  });

  it.concurrent('that is paused is left alone, and the way out is named', async () => {
    const run = await asked('paused', { steps: [RESTART] });
    await repair.stage.kubectl('rollout', 'pause', 'deployment/paused');
    await repair.approve(run);
    expect(messageOf(await phase('paused', 'Failed'))).toMatch(/StepRefused: .*kubectl rollout resume deployment\/paused/);
    expect(await repair.rollouts('paused')).toBe(1);
  });

  it.concurrent('whose rollout never completes: the run fails after the window, and its change is taken back', async () => {
    const steps = [{ action: 'increase_cpu', target: TARGET, parameters: { to: '64', max: '64' } }];
    await repair.approve(await asked('pending', { steps, verify: SHORT, onFailure: 'Rollback' }));
    await eventually(async () => (await repair.rollouts('pending')) === 2);
    await repair.resolve('pending', 'pending');
    const ended = await phase('pending', 'Failed');
    expect(messageOf(ended)).toMatch(/StepFailed: .*not available within 15s/);
    expect(ended.status?.steps).toMatchObject([{ undone: { result: 'Done' } }]);
    await repair.stage.kubectl('rollout', 'status', 'deployment/pending', '--timeout=30s');
    expect(await repair.stage.kubectl('get', 'deployment', 'pending', '-o', 'jsonpath={..limits.cpu}')).toBe('10m');
  });

  it.concurrent('whose image cannot be pulled: the run fails after the window, and says so', async () => {
    const run = await asked('pulling', { steps: [RESTART], verify: SHORT });
    // Its new pods are for no scheduler that is there: what a kubelet would say of them, the test says.
    await repair.stage.kubectl('patch', 'deployment', 'pulling', '-p', '{"spec":{"template":{"spec":{"schedulerName":"nobody"}}}}');
    await repair.approve(run);
    const ended = await eventually(
      async () => {
        await pullInVain('pulling');
        return (await repair.runs()).find(({ spec, status }) => spec.playbookRef.name === 'pulling' && status?.phase === 'Failed');
      },
      { withinMs: 60_000, everyMs: 500 },
    );
    expect(messageOf(ended)).toMatch(/StepFailed: .*not available within 15s.*container main in ImagePullBackOff/);
  });

  it.concurrent('whose pod is held by a finalizer: the run says so, and does not take it for done', async () => {
    await repair.deploy('held', { replicas: 1 });
    const pod = await repair.stage.kubectl('get', 'pods', '-l', 'app=held', '-o', 'jsonpath={.items[0].metadata.name}');
    await repair.stage.kubectl('patch', 'pod', pod, '--type=merge', '-p', '{"metadata":{"finalizers":["example.com/hold"]}}');
    const steps = [{ action: 'delete_pod', target: { kind: 'Pod', name: pod } }];
    await repair.approve(await asked('held', { steps, verify: SHORT }));
    const ended = await phase('held', 'Failed');
    expect(messageOf(ended)).toMatch(/example\.com\/hold/);
    await repair.stage.kubectl('patch', 'pod', pod, '--type=merge', '-p', '{"metadata":{"finalizers":null}}');
  });
});

describe('the API server', () => {
  it.concurrent('refuses by an admission policy: the run ends with its words, and nothing was done', async () => {
    const run = await asked('frozen', { steps: [RESTART] });
    await repair.stage.apply(...freeze('frozen'));
    await tellsOf('frozen', 'on Fridays');
    await repair.approve(run);
    const ended = await phase('frozen', 'Failed');
    expect(messageOf(ended)).toMatch(/StepRefused: .*Nothing is released on Fridays/);
    expect(await repair.rollouts('frozen')).toBe(1);
    expect(ended.status?.learned).toBeUndefined();
  });

  it.concurrent('refuses by an admission webhook: the run ends with its words, and nothing was done', async () => {
    const run = await asked('judged', { steps: [RESTART] });
    webhook.deny('judged', 'Releases need a ticket of the change board');
    await repair.stage.apply(webhook.configuration(repair.stage.namespace, 'judged'));
    await tellsOf('judged', 'the change board');
    await repair.approve(run);
    const ended = await phase('judged', 'Failed');
    expect(messageOf(ended)).toMatch(/StepRefused: .*denied the request: Releases need a ticket of the change board/);
    expect(await repair.rollouts('judged')).toBe(1);
    expect(ended.status?.learned).toBeUndefined();
  });

  it.concurrent('cannot ask its admission webhook: the run is held, says why, and goes on once it is there no more', async () => {
    const run = await asked('unasked', { steps: [RESTART] });
    const { kind, metadata } = webhook.configuration(repair.stage.namespace, 'unasked');
    await repair.stage.apply(webhook.configuration(repair.stage.namespace, 'unasked', { at: 'nowhere' }));
    await tellsOf('unasked', 'failed calling webhook');
    await repair.approve(run);
    const held = await repair.run('unasked', ({ status }) => /failed calling webhook/.test(status?.message ?? ''));
    expect(held.status).toMatchObject({ phase: 'AwaitingApproval', approvals: [{ decision: 'Approve' }] });
    expect(held.status?.startedAt).toBeUndefined();
    expect(await repair.rollouts('unasked')).toBe(1);
    await repair.stage.kubectl('delete', kind, metadata.name);
    await phase('unasked', 'Verifying');
    expect(await repair.rollouts('unasked')).toBe(2);
  });

  it.concurrent('makes no pod beyond a LimitRange: the run fails with its words, and its change is taken back', async () => {
    const limits = [{ type: 'Container', max: { memory: '100Mi' } }];
    await repair.stage.apply({ apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'small' }, spec: { limits } });
    const steps = [{ action: 'increase_memory', target: TARGET, parameters: { to: '128Mi', max: '128Mi' } }];
    await repair.approve(await asked('limited', { steps, verify: SHORT, onFailure: 'Rollback' }));
    const ended = await phase('limited', 'Failed');
    expect(messageOf(ended)).toMatch(/maximum memory usage per Container is 100Mi/);
    expect(await memory('limited')).toBe('16Mi');
  });
});

/** Says of the pods that wait, in the place of their kubelet, that their image cannot be pulled. */
async function pullInVain(name: string): Promise<void> {
  const waits = ['--field-selector=status.phase=Pending', '-l', `app=${name}`];
  const pods = (await repair.stage.kubectl('get', 'pods', ...waits, '-o', 'jsonpath={.items[*].metadata.name}')).split(' ').filter(Boolean);
  const state = { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image' } };
  const container = { name: 'main', image: 'app:1', imageID: '', ready: false, restartCount: 0, state };
  const patch = JSON.stringify({ status: { containerStatuses: [container] } });
  await Promise.all(pods.map(pod => repair.stage.tryKubectl('patch', 'pod', pod, '--subresource=status', '--type=merge', '-p', patch)));
}

/** Policies and webhooks take effect a moment after they were written. */
async function tellsOf(name: string, words: string): Promise<void> {
  const label = ['label', 'deployment', name, 'tried=1', '--dry-run=server'];
  await eventually(async () => (await repair.stage.tryKubectl(...label)).stderr.includes(words), { withinMs: 30_000 });
}

/** Nobody may change this Deployment; its status may be. */
function freeze(name: string): object[] {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const { namespace } = repair.stage;
  const metadata = { name: `${namespace}-${name}` };
  const rule = { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['deployments'], resourceNames: [name] };
  return [
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicy',
      metadata,
      spec: {
        matchConstraints: { resourceRules: [rule] },
        validations: [{ expression: 'false', message: 'Nothing is released on Fridays' }],
      },
    },
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata,
      spec: {
        policyName: metadata.name,
        validationActions: ['Deny'],
        matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } },
      },
    },
  ];
}
