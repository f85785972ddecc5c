import { z } from 'zod';
import type { IncidentView } from '../../src/domain/incidents/incident-view.ts';
import { RecommendationBody } from '../../src/webhook/routes/learning-schema.ts';
import { eventually } from '../../test/parts/eventually.ts';
import type { Stage } from '../stage.ts';
import type { ShownPlaybook } from './desk.ts';
import type { RepairScene } from './section.ts';

export const SLOW_ALERT = 'CheckoutSlow';
const ROOT_CAUSE = 'Workers keep a broken connection to the database after a failover.';
const Answered = z.object({ outcomes: z.array(z.object({ status: z.string() })) });

/** What people did about it until now: which action, and whether it helped. */
const OUTCOMES = [
  ...[true, false, true, true, true, true].map(success => ({ repair_action: 'restart_pod', success, execution_time_seconds: 24 })),
  ...[true, false, true, false, true].map(success => ({ repair_action: 'scale_up', success, execution_time_seconds: 40 })),
];

interface Lesson {
  readonly playbook: string;
  readonly wrong: string[];
}

/** People repair it by hand and report what helped; what has proved itself becomes a playbook, by itself. */
export async function learnedPlaybook(scene: RepairScene): Promise<Lesson> {
  const { stage, screen } = scene;
  screen.heading('People repair it by hand, and report what helped');
  stage.checkout.setLatency(3);
  const { id, anomaly_key: anomalyKey } = await screen.step('checkout becomes slow; Prometheus, Alertmanager, incident', () =>
    incident(scene, ({ status }) => status !== 'resolved'),
  );
  screen.good(`incident ${id}, of the anomaly ${anomalyKey}`);
  const recorded = await screen.step('POST /api/v1/repairs/outcomes: eleven outcomes', () => report(stage, anomalyKey));
  const wrong = recorded === OUTCOMES.length ? [] : [`${recorded} of ${OUTCOMES.length} outcomes were recorded`];
  wrong.push(...(await recommended(scene, anomalyKey)));
  const playbook = await appeared(scene);
  wrong.push(...(await exported(scene, playbook)));
  await edited(scene, playbook);
  stage.checkout.setLatency(0.2);
  await screen.step('the alert resolves, and the incident with it', () => incident(scene, ({ status }) => status === 'resolved'));
  return { playbook: playbook.metadata.name, wrong };
}

/** The incident of the alert, once it is as wanted. */
export function incident({ reader }: Pick<RepairScene, 'reader'>, likes: (one: IncidentView) => boolean): Promise<IncidentView> {
  return eventually(async () => (await reader.all({ alertname: SLOW_ALERT })).find(likes), { withinMs: 60_000, everyMs: 100 });
}

async function report(stage: Stage, anomalyKey: string): Promise<number> {
  const outcomes = OUTCOMES.map((outcome, n) => ({
    id: `by-hand-${n}`,
    anomaly_key: anomalyKey,
    ...outcome,
    ...(outcome.success && outcome.repair_action === 'restart_pod' && { root_cause: ROOT_CAUSE }),
  }));
  const answer = await asked(stage, 'repairs/outcomes', outcomes);
  return Answered.parse(answer).outcomes.filter(({ status }) => status === 'recorded').length;
}

/** One call of the operator's API; with a body it is a POST. */
async function asked({ operator, apiToken }: Stage, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${operator.url}/api/v1/${path}`, {
    headers: { authorization: `Bearer ${apiToken}`, 'content-type': 'application/json' },
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

async function recommended({ stage, screen }: RepairScene, anomalyKey: string): Promise<string[]> {
  const path = `learning/recommendation/${anomalyKey}`;
  const best = RecommendationBody.parse(await asked(stage, path));
  const ranked = [best, ...best.alternatives];
  screen.say(`  GET /api/v1/${path}`);
  screen.list([
    ['ACTION', 'CONFIDENCE', 'TIER', ''],
    ...ranked.map(({ action, confidence, tier }, n) => [action, confidence.toFixed(2), `${tier}`, n === 0 ? best.based_on : '']),
  ]);
  screen.say(`    may it run by itself? ${best.authorised.allowed ? 'yes' : `no: ${best.authorised.reason}`}`);
  const told = ranked.map(({ action, confidence }) => `${action} ${confidence.toFixed(2)}`).join(', ');
  return [
    ...(told === 'restart_pod 0.83, scale_up 0.60' ? [] : [`the recommendation is ${told}`]),
    ...(best.authorised.allowed ? ['what people reported lets an action run by itself'] : []),
  ];
}

async function appeared({ screen, desk }: RepairScene): Promise<ShownPlaybook> {
  screen.heading('A playbook appears, by itself');
  const playbook = await screen.step('5 of 6 helped, and somebody said why', () =>
    eventually(
      async () => (await desk.playbooks()).find(({ spec, status }) => spec.source === 'auto_learning' && status?.stats && status.hash),
      {
        withinMs: 60_000,
        everyMs: 200,
      },
    ),
  );
  screen.say('    $ kubectl get rpb');
  for (const line of (await desk.run('get', 'rpb')).trimEnd().split('\n')) screen.say(`    ${line}`);
  return playbook;
}

async function exported({ screen, desk }: RepairScene, { metadata: { name }, spec }: ShownPlaybook): Promise<string[]> {
  const { status, stdout, stderr } = await desk.awoooi(['playbooks', 'export', '-n', desk.namespace]);
  screen.say('    $ awoooi playbooks export');
  for (const line of stdout.trimEnd().split('\n')) screen.say(`    │ ${line}`);
  return [
    ...(spec.mode === 'Suggest' ? [] : [`${name} has mode ${spec.mode}: what was learned may only be suggested`]),
    ...(status === 0 && stdout.includes(name) && stdout.includes(ROOT_CAUSE)
      ? []
      : [`awoooi playbooks export ended with ${status}: ${stderr}`]),
  ];
}

/** As a person would in an editor: a demo cannot wait ten minutes of quiet. */
async function edited({ screen, desk }: RepairScene, { metadata: { name }, status }: ShownPlaybook): Promise<void> {
  const verify = { window: '60s', quiet: '3s', evaluationInterval: '1s' };
  await screen.step('somebody edits it: three seconds of quiet are enough (kubectl patch)', async () => {
    await desk.run('patch', 'rpb', name, '--type=merge', '-p', JSON.stringify({ spec: { verify } }));
    await eventually(async () => (await desk.playbook(name)).status?.hash !== status?.hash, { withinMs: 30_000, everyMs: 100 });
  });
}
