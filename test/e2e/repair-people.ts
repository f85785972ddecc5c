import { z } from 'zod';
import { RepairSteps } from '../../src/crds/repairplaybook/step.ts';
import { stepsHash } from '../../src/domain/playbook/playbook-hash.ts';
import { connectRedis } from '../../src/adapters/redis/connection.ts';
import { redisLearning } from '../../src/adapters/redis/learning/learning.ts';
import { approversOf, type Person } from '../builders/run-approvers.ts';
import { eventually } from '../parts/eventually.ts';
import { awoooi, type Ran } from '../cli/shell.ts';
import type { StandingMessage } from '../servers/telegram-messages.ts';
import { USER } from './incident-stage.ts';
import type { RepairStage, RunView } from './repair-stage.ts';

export const STRANGER = { id: 666, username: 'mallory' };

type Answer = { readonly status: number; readonly body: unknown };

/** What people do about repairs, by whatever way. */
export interface RepairPeople {
  /** Of the operator's API, as whoever has the token; the API's own token unless told otherwise. */
  call(path: string, options?: { readonly body?: object; readonly token?: string }): Promise<Answer>;
  /** Presses the button that says this, and resolves with what the press was answered. */
  press(card: StandingMessage, button: RegExp, user?: typeof USER): Promise<string>;
  /** Resolves with the message of a run that waits, once it stands in the chat. */
  asking(run: RunView): Promise<StandingMessage>;
  /** Resolves with the same message, once it says this. */
  edited(card: StandingMessage, says: RegExp): Promise<StandingMessage>;
  /** `awoooi`, a process of its own, with the kubeconfig of this person. */
  shell(person: Person, ...args: readonly string[]): Promise<Ran>;
}

const WITHIN = { withinMs: 45_000, everyMs: 100 };

export function repairPeople({ world, stage }: RepairStage): RepairPeople {
  return {
    async call(path, { body, token = stage.apiToken } = {}) {
      const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) };
      const asked = { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }), signal: AbortSignal.timeout(30_000) };
      const answer = await fetch(`${world.operator.url}/api/v1${path}`, asked);
      const json: unknown = await answer.json();
      return { status: answer.status, body: json };
    },
    async press({ chatId, messageId, buttons }, button, user = USER) {
      const data = buttons.flat().find(({ text }) => button.test(text))?.data;
      if (data === undefined) throw new Error(`there is no button ${String(button)}, but ${JSON.stringify(buttons)}`);
      const id = world.telegram.press({ chatId, messageId, data, user });
      const { text = '' } = await eventually(() => world.telegram.answers.find(answer => answer.id === id), WITHIN);
      return text;
    },
    asking: ({ spec }) => world.card({ id: spec.incidentId ?? 'none' }, /^⏳ waits for approval/),
    edited(card, says) {
      const same = () => world.telegram.cards().find(({ messageId }) => messageId === card.messageId);
      return eventually(() => [same()].find(now => now && says.test(now.text)), WITHIN).catch((err: unknown) => {
        throw new Error(`the message never said ${String(says)}; it says ${same()?.text}`, { cause: err });
      });
    },
    shell: ({ token }, ...args) => awoooi(args, { env: { KUBECONFIG: stage.cluster.kubeconfigFor(token) } }),
  };
}

/** Users of the stage's namespace: two who may approve, and one who may edit runs and not approve. */
export async function threePeople({ stage }: RepairStage): Promise<{ readonly mei: Person; readonly lin: Person; readonly eve: Person }> {
  const { person } = await approversOf(stage.cluster, stage.namespace);
  await stage.kubectl('delete', 'repairruns', '--all');
  const [mei, lin, eve] = await Promise.all([person('mei'), person('lin'), person('eve', { approves: false })]);
  return { mei, lin, eve };
}

export interface Lessons {
  /** Of the playbook. */
  readonly playbook: string;
  readonly alertname: string;
  /** The one step of the playbook. */
  readonly step: object & { readonly action: string };
  readonly helped: number;
}

/** Gives a playbook verified runs of earlier days, of an anomaly of its own. */
export async function teach({ world, stage: { namespace } }: RepairStage, { playbook, alertname, step, helped }: Lessons): Promise<void> {
  const redis = connectRedis({ url: world.redis.url });
  const signal = AbortSignal.timeout(20_000);
  await redis.ready(signal);
  const steps = stepsHash({ steps: RepairSteps.parse([step]) });
  const verified = { anomalyClass: `${alertname}/Deployment`, playbook: { namespace, name: playbook, steps } };
  const outcomes = Array.from({ length: helped }, (_, n) => ({
    id: `${playbook}-${n}`,
    anomalyKey: `v1-${Buffer.from(playbook.padEnd(8)).toString('hex').slice(0, 16)}`,
    action: step.action,
    success: true,
    by: `${namespace}/${playbook}-${n}`,
    verified,
  }));
  await redisLearning(redis.commands).record(outcomes, signal);
  redis.close();
}

const Id = z.object({ status: z.object({ approvalId: z.string() }) });

/** By which the API names a run that waits. */
export function approvalId(run: RunView): string {
  return Id.parse(run).status.approvalId;
}
