import { afterEach, beforeEach, expect, it } from 'vitest';
import { lasting, quiet } from '../../test/builders/kube-frame.ts';
import { silentMetrics } from '../../test/builders/held-queue.ts';
import { parseThing, type Thing } from '../../test/builders/throwaway-kind.ts';
import { eventually } from '../../test/parts/eventually.ts';
import type { KubeClient } from './client.ts';
import { controller } from './controller.ts';
import type { Outcome } from './reconcile.ts';
import { objectStore } from './store.ts';

let stopping: AbortController;
let ended: Promise<void> | undefined;

beforeEach(() => {
  stopping = new AbortController();
});

afterEach(async () => {
  stopping.abort();
  await ended;
});

function thing(name: string, resourceVersion: string): Thing {
  const metadata = { name, namespace: 'ns', uid: `uid-${name}`, generation: Number(resourceVersion), resourceVersion };
  return { apiVersion: 'test.awoooi.io/v1', kind: 'Thing', metadata, spec: { value: 'one' } };
}

/** An API server that stores every status that it is sent. */
const client: KubeClient = {
  request: async ({ method }) => (method === 'GET' ? { metadata: { resourceVersion: '1' } } : thing('any', '2')),
  async *watch() {},
  close: async () => {},
};

/** A controller of four workers over a thousand objects; its turns last until the test ends them. */
function leader() {
  const cache = objectStore<Thing>();
  const put = (name: string, resourceVersion: string): void =>
    cache.put(`ns/${name}`, { object: thing(name, resourceVersion), resourceVersion });
  const names = Array.from({ length: 1000 }, (_, n) => String(n));
  for (const name of names) put(name, '1');
  const turned: string[] = [];
  const held: (() => void)[] = [];
  let hold = true;
  const done: Outcome = { conditions: { Ready: { status: 'True', reason: 'Done', message: 'It is done.' } } };
  const framed = controller<Thing>({
    name: 'things',
    resource: { group: 'test.awoooi.io', version: 'v1', plural: 'things' },
    client,
    cache,
    parse: parseThing,
    async reconcile({ metadata }, { priority }) {
      turned.push(`${metadata.name} at ${priority}`);
      if (hold) await new Promise<void>(resolve => held.push(resolve));
      return done;
    },
    explain: () => ({ reason: 'Failed', message: 'It failed.' }),
    onGone: key => void turned.push(`${key} is gone`),
    onEnd: () => void turned.push('the end'),
    events: { emit() {} },
    fieldManager: 'things',
    workers: 4,
    turnDeadlineMs: 60_000,
    drainMs: 5_000,
    metrics: { queue: silentMetrics(), turn() {}, statusWrite() {} },
    log: quiet,
    now: () => new Date(),
    random: () => 0.5,
  });
  ended = framed.start(stopping.signal, lasting());
  const endOne = (): void => held.shift()?.();
  const endAll = (): void => {
    hold = false;
    for (const end of held.splice(0)) end();
  };
  return { cache, put, names, turned, framed, endOne, endAll };
}

it('serves a change with the next free worker while a new leader looks at a thousand objects, and all of them after that', async () => {
  const { cache, put, names, turned, framed, endOne, endAll } = leader();
  const next = async (): Promise<string | undefined> => {
    const before = turned.length;
    endOne();
    await eventually(() => turned.length > before);
    return turned[before];
  };
  await eventually(() => turned.length === 4);
  framed.enqueue('ns/600', 'low');
  expect(await next()).toBe('4 at low');
  put('900', '3');
  expect(await next()).toBe('900 at normal');
  put('new', '3');
  framed.enqueue('ns/800');
  expect(await next()).toBe('new at normal');
  expect(await next()).toBe('800 at normal');
  cache.remove('ns/901');
  expect(await next()).toBe('ns/901 is gone');
  endAll();
  await eventually(() => turned.length >= names.length + 1);
  const objects = turned.map(turn => turn.replace(/ at .*$/, ''));
  expect(objects.toSorted()).toEqual([...names.filter(name => name !== '901'), 'new', 'ns/901 is gone'].toSorted());
});

it('says that a stretch of leadership is over once the last turn of it has ended', async () => {
  const { turned, endAll } = leader();
  stopping.abort();
  expect(turned).not.toContain('the end');
  endAll();
  await ended;
  expect(turned.filter(each => each === 'the end')).toHaveLength(1);
  expect(turned.at(-1)).toBe('the end');
});
