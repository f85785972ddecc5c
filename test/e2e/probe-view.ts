import { z } from 'zod';
import { AlertChainProbeStatus } from '../../src/crds/alertchainprobe/status.ts';
import { eventually } from '../parts/eventually.ts';
import type { Stage } from './stage.ts';

const Probe = z.object({
  metadata: z.object({ uid: z.string(), generation: z.int(), resourceVersion: z.string() }),
  status: AlertChainProbeStatus.default({}),
});
type Probe = z.infer<typeof Probe>;
type Status = AlertChainProbeStatus;

const Events = z.object({
  items: z.array(
    z.object({
      reason: z.string(),
      type: z.string(),
      note: z.string(),
      regarding: z.object({ name: z.string() }),
      series: z.object({ count: z.int() }).optional(),
    }),
  ),
});
export type ShownEvent = z.infer<typeof Events>['items'][number];

/** One probe, as the API server shows it. */
export interface ProbeView {
  readonly name: string;
  read(): Promise<Probe>;
  status(): Promise<Status>;
  /** Merges into metadata and spec. */
  patch(body: object): Promise<void>;
  /** Resolves with the first status that the predicate likes. */
  until(likes: (status: Status, probe: Probe) => boolean, withinMs?: number): Promise<Status>;
  /** Asks for a run by a new runToken and resolves with the status once that run has ended. */
  run(withinMs?: number): Promise<Status>;
  events(): Promise<readonly ShownEvent[]>;
}

let tokens = 0;

export function probeView({ cluster, namespace }: Pick<Stage, 'cluster' | 'namespace'>, name: string): ProbeView {
  const path = `/apis/awoooi.io/v1alpha1/namespaces/${namespace}/alertchainprobes/${name}`;
  const read = async (): Promise<Probe> => Probe.parse((await cluster.request(path)).body);
  const until: ProbeView['until'] = async (likes, withinMs = 30_000) => {
    let last: Status = {};
    const looked = async (): Promise<Status | undefined> => {
      const probe = await read();
      last = probe.status;
      return likes(last, probe) ? last : undefined;
    };
    return eventually(looked, { withinMs, everyMs: 100 }).catch((err: unknown) => {
      throw new Error(`${name} never came there; its status is ${JSON.stringify(last, undefined, 1)}`, { cause: err });
    });
  };
  const patch = async (body: object): Promise<void> => {
    const { status, body: said } = await cluster.request(path, { method: 'PATCH', body, contentType: 'application/merge-patch+json' });
    if (status !== 200) throw new Error(`the patch of ${name} was answered ${status}: ${JSON.stringify(said)}`);
  };
  return {
    name,
    read,
    status: async () => (await read()).status,
    patch,
    until,
    async run(withinMs) {
      const runToken = `run-${++tokens}`;
      await patch({ spec: { runToken } });
      return until(status => status.runToken === runToken && status.lastRun?.phase !== 'Running', withinMs);
    },
    async events() {
      const { body } = await cluster.request(`/apis/events.k8s.io/v1/namespaces/${namespace}/events`);
      return Events.parse(body).items.filter(({ regarding }) => regarding.name === name);
    },
  };
}

/** One condition in one word each: `False/SecretNotFound`; `-` where it is not there. */
export function condition({ conditions = [] }: Status, type = 'Ready'): string {
  const found = conditions.find(each => each.type === type);
  return found ? `${found.status}/${found.reason}` : '-';
}

/** How the runs of the history ended, the oldest first. */
export function ended({ history = [] }: Status): string[] {
  return history.map(({ result }) => result).toReversed();
}
