import { restartStep } from './repair-playbook.ts';
import { runSpec } from './repair-run.ts';
import { WRONG_STEPS } from './wrong-playbooks.ts';
import { type Row, type WrongSpec, wrongSpecs } from './wrong-specs.ts';

const mei = { by: 'mei', decision: 'Approve' };

const OUR_SENTENCES: readonly Row[] = [
  [
    'a target that is still to be looked up',
    runSpec({ steps: [restartStep({ target: { kind: 'Deployment', fromLabel: 'deployment' } })] }),
    'spec.steps',
    'give every target its name in place of fromLabel',
  ],
  ['a hash that is none', runSpec({ playbookHash: 'latest' }), 'spec.playbookHash', 'must be the status.hash of the playbook'],
  ['a playbook of another namespace', runSpec({ playbookRef: { name: 'a/b' } }), 'spec.playbookRef.name', 'must be the name of'],
  ['a decision of nobody', runSpec({ approvals: [{ ...mei, by: ' ' }] }), 'spec.approvals[0].by', 'as kubectl auth whoami prints it'],
  [
    'a quorum of more than there are',
    runSpec({ approval: { approvers: ['mei'], quorum: 2 } }),
    'spec.approval',
    'quorum must not be above the number of approvers',
  ],
];

const SERVER_SENTENCES: readonly Row[] = [
  ['no playbook', runSpec({ playbookRef: undefined }), 'spec.playbookRef', 'Required value: say which playbook is run'],
  ['no hash', runSpec({ playbookHash: undefined }), 'spec.playbookHash', 'Required value: say which version of the playbook is run'],
  ['no steps', runSpec({ steps: undefined }), 'spec.steps', 'Required value: say what is done: copy the steps of the playbook'],
  ['two decisions of one', runSpec({ approvals: [mei, { ...mei, decision: 'Reject' }] }), 'spec.approvals[1]', 'Duplicate value'],
  ['a decision that is none', runSpec({ approvals: [{ ...mei, decision: 'Maybe' }] }), 'spec.approvals[0].decision', '"Approve", "Reject"'],
];

/** What people get wrong in a RepairRun, one thing at a time. */
export const WRONG_RUNS: readonly WrongSpec[] = [
  ...wrongSpecs(OUR_SENTENCES),
  ...WRONG_STEPS.map(wrong => ({ ...wrong, spec: runSpec({ steps: wrong.spec['steps'] }) })),
  ...wrongSpecs(SERVER_SENTENCES, { ownWords: true }),
];
