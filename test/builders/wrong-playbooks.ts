import { deployment, memoryStep, notifyStep, patchStep, playbookSpec, restartStep, scaleStep } from './repair-playbook.ts';
import { type Row, type WrongSpec, wrongSpecs } from './wrong-specs.ts';

type Plain = Readonly<Record<string, unknown>>;

const STEP = 'spec.steps[0]';
const PATCH = `${STEP}.parameters.patch[0]`;
const DURATION = 'must be a duration of whole numbers with the units h, m, s or ms, such as 30s, 5m or 1h30m';

const steps = (...list: readonly unknown[]): Plain => playbookSpec({ steps: list });
const match = (over: Plain): Plain => playbookSpec({ match: over });
const approval = (over: Plain): Plain => playbookSpec({ approval: over });
const to = (kind: string, step: Plain): Plain => steps({ ...step, target: { kind, name: 'api' } });
const cpu = (parameters: Plain): Plain => steps(memoryStep(parameters, { action: 'increase_cpu' }));
const limits = (parameters: Plain): Plain => steps(memoryStep(parameters, { action: 'adjust_limits' }));
const config = (path: string): Plain =>
  steps({
    action: 'update_config',
    target: deployment(),
    parameters: { configMap: 'api-settings', patch: [{ op: 'replace', path, value: 'debug' }] },
  });

const MATCHES: readonly Row[] = [
  ['a match of nothing', match({}), 'spec.match', 'match takes exactly one of anomalyKey and alertname'],
  [
    'a match of both',
    match({ anomalyKey: 'v1-3f9c0a1b2c4d5e6f', alertname: 'A' }),
    'spec.match',
    'match takes exactly one of anomalyKey and alertname: remove one, or give one',
  ],
  [
    'labels beside an anomaly key',
    match({ anomalyKey: 'v1-3f9c0a1b2c4d5e6f', labels: { severity: 'critical' } }),
    'spec.match',
    'match.labels narrow match.alertname',
  ],
  ['an anomaly key that is none', match({ anomalyKey: 'api' }), 'spec.match.anomalyKey', 'must be an anomaly key such as v1-'],
  ['a blank alert name', match({ alertname: ' ' }), 'spec.match.alertname', 'must be the name of an alert'],
  [
    'a label by a name that no alert has',
    match({ alertname: 'A', labels: { 'app/name': 'x' } }),
    'spec.match.labels',
    "must be made of letters, digits, '_' and '.'",
  ],
  [
    'the name of the alert among its labels',
    match({ alertname: 'A', labels: { alertname: 'A' } }),
    'spec.match.labels',
    'remove alertname from labels',
  ],
];

const TARGETS: readonly Row[] = [
  ['a tier of another action', steps(restartStep({ tier: 2 })), STEP, 'restart_pod, restart_container, delete_pod are of tier 1'],
  ['a tier too low', steps(patchStep({}, { tier: 1 })), STEP, 'rollback are of tier 3: set tier to 3, or leave it out'],
  ['no target', steps(restartStep({ target: undefined })), STEP, 'say what the action is done to: set target.kind'],
  ['a target of people', steps(notifyStep({ target: deployment() })), STEP, 'change nothing in the cluster: remove target'],
  [
    'a target without a name',
    steps(restartStep({ target: { kind: 'Deployment' } })),
    `${STEP}.target`,
    'target takes exactly one of name and fromLabel',
  ],
  [
    'a target by name and by label',
    steps(restartStep({ target: deployment({ fromLabel: 'deployment' }) })),
    `${STEP}.target`,
    'target takes exactly one of name and fromLabel: give one, or remove one',
  ],
  [
    'a target by a label that no alert has',
    steps(restartStep({ target: { kind: 'Pod', fromLabel: 'the pod' } })),
    `${STEP}.target.fromLabel`,
    "must be the name of one of the alert's labels",
  ],
  [
    'a target in another namespace',
    steps(restartStep({ target: deployment({ name: 'shop/api' }) })),
    `${STEP}.target.name`,
    'must be the name of a Kubernetes object',
  ],
  ['a Deployment to delete', to('Deployment', { action: 'delete_pod' }), STEP, 'delete_pod: target.kind must be Pod'],
  ['a DaemonSet to scale', to('DaemonSet', scaleStep()), STEP, 'scale_up: target.kind must be Deployment or StatefulSet'],
  ['memory of a Pod', to('Pod', memoryStep()), STEP, 'target.kind must be Deployment or StatefulSet or DaemonSet'],
  ['a patch of a Pod', to('Pod', patchStep()), STEP, 'target.kind must be Deployment or StatefulSet or DaemonSet'],
  ['a rollback of a StatefulSet', to('StatefulSet', { action: 'rollback' }), STEP, 'rollback: target.kind must be Deployment'],
];

const PARAMETERS: readonly Row[] = [
  ['a restart with a number', steps(restartStep({ parameters: { by: 1 } })), STEP, 'the action takes no parameters; remove the others'],
  ['a scaling with a limit', steps(scaleStep({ max: '1Gi' })), STEP, 'takes only the parameters maxReplicas, by, factor'],
  ['a scaling without bounds', steps(scaleStep({ maxReplicas: undefined })), STEP, 'scale_up: the action needs parameters.maxReplicas'],
  ['a scaling by nothing', steps(scaleStep({ by: undefined })), STEP, 'exactly one of parameters.by and parameters.factor'],
  ['a scaling in two ways', steps(scaleStep({ factor: 2 })), STEP, 'exactly one of parameters.by and parameters.factor'],
  ['a factor of 1', steps(memoryStep({ factor: 1 })), `${STEP}.parameters.factor`, 'must be above 1, such as 1.5'],
  ['memory without bounds', steps(memoryStep({ max: undefined })), STEP, 'the action needs parameters.max'],
  ['memory in two ways', steps(memoryStep({ to: '1Gi' })), STEP, 'exactly one of parameters.factor and parameters.to'],
  ['memory in no way', steps(memoryStep({ factor: undefined })), STEP, 'exactly one of parameters.factor and parameters.to'],
  ['memory with a resource', steps(memoryStep({ resource: 'memory' })), STEP, 'takes only the parameters max, factor, to, container'],
  ['limits of no resource', limits({}), STEP, 'adjust_limits: the action needs parameters.resource'],
  ['limits without bounds', limits({ resource: 'cpu', max: undefined }), STEP, 'adjust_limits: the action needs parameters.max'],
  ['more than the most', steps(memoryStep({ factor: undefined, to: '3Gi' })), STEP, 'parameters.to must not be above parameters.max'],
  ['half a byte of memory', steps(memoryStep({ max: '512m' })), STEP, '512m would be half a byte: write 512Mi or 2Gi'],
  ['half a byte as a limit', limits({ resource: 'memory', max: '512m' }), STEP, '512m would be half a byte: write 512Mi or 2Gi'],
  ['two gibi of cores', cpu({ max: '2Gi' }), STEP, 'cpu is counted in cores: write 500m for half a core, or 2'],
  ['no memory at all', steps(memoryStep({ max: '0' })), `${STEP}.parameters.max`, 'must be a quantity above 0'],
  ['a quantity in words', steps(memoryStep({ max: '2 GB' })), `${STEP}.parameters.max`, 'must be a quantity such as 512Mi'],
  ['a container by a wrong name', steps(memoryStep({ container: 'API' })), `${STEP}.parameters.container`, 'must be the name of'],
  ['nothing for people to read', steps(notifyStep({ parameters: {} })), STEP, 'the action needs parameters.text'],
  ['a blank text', steps(notifyStep({ parameters: { text: ' ' } })), `${STEP}.parameters.text`, 'must say what people are to do'],
  ['a hotfix without a patch', steps({ action: 'apply_hotfix', target: deployment() }), STEP, 'the action needs parameters.patch'],
  ['a configuration without a patch', steps({ action: 'update_config', target: deployment() }), STEP, 'the action needs parameters.patch'],
];

const PATCHES: readonly Row[] = [
  ['a patch without a value', steps(patchStep({ value: undefined })), `${PATCH}.op`, 'give a value: add, replace and test need one'],
  ['a patch with nothing as its value', steps(patchStep({ op: 'add', value: null })), `${PATCH}.op`, 'give a value: add, replace and test'],
  ['a path that is no pointer', steps(patchStep({ path: 'spec.replicas' })), `${PATCH}.path`, 'must be a JSON Pointer'],
  ...[
    '/spec/template/spec/serviceAccountName',
    '/spec/template/spec/containers/0/securityContext',
    '/spec/template/spec/containers/0/command',
    '/spec/template/spec/containers/0',
    '/spec/template/spec/containers/-',
    '/spec/template/spec/hostNetwork',
    '/spec/template/spec/volumes/0',
    '/spec/template/spec/containers/0/imagePullPolicy',
    '/metadata/ownerReferences',
    '/spec/replicas/x',
    '/spec/template/spec/containers/0/name',
    '/spec/template/spec/containers/00/image',
    '/data/KEY',
  ].map((path): Row => [`a patch of ${path}`, steps(patchStep({ path })), STEP, 'a patch may change /spec/replicas and, below']),
  ...['/data', '/metadata/labels/x', '/spec/replicas', '/binaryData/x', '/data/a/b', '/data/a~1b', '/data/.', '/data/..'].map(
    (path): Row => [`a ConfigMap's ${path}`, config(path), STEP, 'a patch of a ConfigMap may change its data alone, key by key'],
  ),
  [
    'a ConfigMap of a hotfix',
    steps(hotfixOfConfigMap()),
    STEP,
    'patch_deployment, apply_hotfix: the action takes only the parameters patch',
  ],
  ['a look elsewhere', steps(patchStep({ op: 'test', path: '/metadata/name' })), STEP, 'a patch may change /spec/replicas and, below'],
  [
    'replicas of a DaemonSet',
    to('DaemonSet', patchStep({ path: '/spec/replicas', value: 3 })),
    STEP,
    'a DaemonSet has no replicas: remove the operation',
  ],
  ['a patch that only looks', steps(patchStep({ op: 'test' })), STEP, 'the patch changes nothing: add an operation'],
];

function hotfixOfConfigMap(): Plain {
  const patch = [{ op: 'replace', path: '/data/LEVEL', value: 'debug' }];
  return { action: 'apply_hotfix', target: deployment(), parameters: { configMap: 'api', patch } };
}

const TERMS: readonly Row[] = [
  ['a quorum of more than there are', approval({ approvers: ['mei'], quorum: 2 }), 'spec.approval', 'quorum must not be above the number'],
  ['an approver with a blank', approval({ approvers: ['Mei Lin'] }), 'spec.approval.approvers[0]', 'must be the name of a user'],
  ['an approval that never ends', approval({ expiresAfter: '1000h' }), 'spec.approval.expiresAfter', 'must be a duration from 1m to 168h'],
  ['a window in days', playbookSpec({ verify: { window: '1d' } }), 'spec.verify.window', DURATION],
  ['a cool-down that is too long', playbookSpec({ limits: { cooldown: '400h' } }), 'spec.limits.cooldown', 'from 0s to 168h'],
  ...['schedule_fix', 'manual_intervention'].map(
    (action): Row => [
      `${action} by itself`,
      playbookSpec({ mode: 'Automatic', steps: [restartStep(), notifyStep({ action })] }),
      'spec',
      'wait for a person, so nothing is automatic about them: use mode Approve or Suggest',
    ],
  ),
  ['a blank root cause', playbookSpec({ rootCause: ' ' }), 'spec.rootCause', 'must say what is wrong when it helps'],
];

const SERVER_SENTENCES: readonly Row[] = [
  ['no match', playbookSpec({ match: undefined }), 'spec.match', 'Required value: say which incidents it is for'],
  ['no steps', playbookSpec({ steps: undefined }), 'spec.steps', 'Required value: say what is done'],
  ['an empty list of steps', steps(), 'spec.steps', 'should have at least 1 items'],
  ['nine steps', steps(...Array.from({ length: 9 }, () => restartStep())), 'spec.steps', 'must have at most 8 items'],
  ['a step without an action', steps({ target: deployment() }), `${STEP}.action`, 'Required value'],
  ['an unknown action', steps(restartStep({ action: 'reboot' })), `${STEP}.action`, 'supported values: "restart_pod"'],
  ['a tier that there is not', steps(restartStep({ tier: 5 })), `${STEP}.tier`, 'should be less than or equal to 4'],
  ['a target of another kind', to('Job', restartStep()), `${STEP}.target.kind`, 'supported values: "Deployment", "StatefulSet"'],
  ['a thousandfold', steps(memoryStep({ factor: 1000 })), `${STEP}.parameters.factor`, 'should be less than or equal to 16'],
  ['a move', steps(patchStep({ op: 'move' })), `${PATCH}.op`, 'supported values: "add", "replace", "remove", "test"'],
  ['an empty patch', steps(patchStep({}, { parameters: { patch: [] } })), `${STEP}.parameters.patch`, 'should have at least 1 items'],
  ['an unknown mode', playbookSpec({ mode: 'Auto' }), 'spec.mode', 'supported values: "Suggest", "Approve", "Automatic", "Shadow"'],
  ['an approver twice', approval({ approvers: ['mei', 'mei'] }), 'spec.approval.approvers[1]', 'Duplicate value: "mei"'],
  [
    'too many labels',
    match({ alertname: 'A', labels: Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`l${n}`, 'x'])) }),
    'spec.match.labels',
    'must have at most 32 items',
  ],
];

/** What is wrong with steps wherever they stand. */
export const WRONG_STEPS: readonly WrongSpec[] = wrongSpecs([...TARGETS, ...PARAMETERS, ...PATCHES]);

/** What people get wrong in a RepairPlaybook, one thing at a time. */
export const WRONG_PLAYBOOKS: readonly WrongSpec[] = [
  ...wrongSpecs([...MATCHES, ...TERMS]),
  ...WRONG_STEPS,
  ...wrongSpecs(SERVER_SENTENCES, { ownWords: true }),
];
