import { randomUUID } from 'node:crypto';
import type { KubeClient, KubeRequest, WatchEvent, WatchRequest } from '../../src/kube/client.ts';
import type { Resource } from '../../src/kube/controller.ts';
import type { Context, Outcome } from '../../src/kube/reconcile.ts';
import { type FaultyClient, faultyClient } from '../builders/faulty-client.ts';
import { clientOf, lasting, runFrame } from '../builders/kube-frame.ts';
import type { Thing, ThingStatus } from '../builders/throwaway-kind.ts';
import type { ClusterAccess } from '../parts/cluster.ts';

export interface Asked {
  readonly access: ClusterAccess;
  readonly resource: Resource;
  readonly namespace: string;
  /** Where an effect is made: `POST` of object and key. */
  readonly effectUrl: string;
  /** The process kills itself at its so-manieth step, counted from 1, or at the first step of that name; 0 is never. */
  readonly killAt: number | string;
  readonly faults: Faults;
  /** Fills its cache at once, hears nothing more by its watch after the first change, and leads only when told to by SIGUSR2. */
  readonly follows: boolean;
  /** Makes the effect before anything is recorded: what the experiment must be able to tell apart. */
  readonly naive: boolean;
}

export interface Faults {
  /** Answers to so many status writes are lost after they were carried out. */
  readonly droppedWrites: number;
  readonly watchDelayMs: number;
}

/** One object through intent, effect and deed, in a process that may be killed before and after everything it awaits. */
async function bringAbout({ access, resource, namespace, effectUrl, killAt, faults, follows, naive }: Asked): Promise<void> {
  const step = stepper(killAt);
  const faulty = faultyClient(stepping(clientOf(access), step));
  faulty.dropAnswers(({ method }) => method === 'PATCH', faults.droppedWrites);
  faulty.delayWatches(faults.watchDelayMs);
  const done = Promise.withResolvers<void>();

  const effect = async (thing: Thing, key: string, { fence, signal }: Context): Promise<void> => {
    fence();
    step('before the effect');
    const body = JSON.stringify({ object: thing.metadata.uid, key });
    await fetch(effectUrl, { method: 'POST', body, signal });
    step('after the effect');
  };

  const reconcile = async (thing: Thing, context: Context): Promise<Outcome<ThingStatus>> => {
    const { intent, deed } = thing.status ?? {};
    step(`a turn on intent ${intent ? 'there' : 'missing'} and deed ${deed ? 'there' : 'missing'}`);
    if (deed !== undefined) {
      done.resolve();
      return {};
    }
    if (naive) {
      const key = randomUUID();
      await effect(thing, key, context);
      return { status: { intent: key, deed: key }, exclusive: true, requeueAfterMs: 0 };
    }
    if (intent === undefined) return { status: { intent: randomUUID() }, exclusive: true, requeueAfterMs: 0 };
    await effect(thing, intent, context);
    return { status: { deed: intent }, requeueAfterMs: 0 };
  };

  const leadership = lasting();
  if (follows) leadership.end('it only follows');
  const client = follows ? deafAfterOneChange(faulty) : faulty;
  const frame = await runFrame({ kind: { resource, namespace }, client, leadership, reconcile, change: { escapeMs: 150 } });
  if (follows) {
    process.once('SIGUSR2', () => frame.lead());
    console.log('follows');
  }
  await done.promise;
  await frame.stop();
}

/** It shows the intent, and never the deed: the worst that a watch can do to who takes over. */
function deafAfterOneChange(faulty: FaultyClient): KubeClient {
  async function* watch(asked: WatchRequest): AsyncGenerator<WatchEvent, void, undefined> {
    for await (const event of faulty.watch(asked)) {
      yield event;
      if (event.type === 'MODIFIED') faulty.holdWatches();
    }
  }
  return { ...faulty, watch };
}

type Step = (name: string) => void;

function stepper(killAt: Asked['killAt']): Step {
  let steps = 0;
  return name => {
    steps += 1;
    if (steps !== killAt && name !== killAt) return;
    console.log(`killed ${name}`);
    process.kill(process.pid, 'SIGKILL');
  };
}

/** A step before and after every request, and at every event of a watch. */
function stepping(client: KubeClient, step: Step): KubeClient {
  async function* watch(asked: WatchRequest): AsyncGenerator<WatchEvent, void, undefined> {
    for await (const event of client.watch(asked)) {
      step(`at a watch's ${event.type}`);
      yield event;
    }
  }
  return {
    watch,
    async request(asked: KubeRequest) {
      step(`before a ${asked.method}`);
      const answer = await client.request(asked);
      step(`after a ${asked.method}`);
      return answer;
    },
    close: () => client.close(),
  };
}

await bringAbout(JSON.parse(process.argv[2] ?? '{}'));
