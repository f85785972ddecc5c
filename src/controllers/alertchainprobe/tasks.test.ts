import { expect, it } from 'vitest';
import { eventually } from '../../../test/parts/eventually.ts';
import { Tasks } from './tasks.ts';

function started(limit = 2): { tasks: Tasks<string>; done: string[] } {
  const done: string[] = [];
  return { tasks: new Tasks<string>({ limit, onDone: key => done.push(key) }), done };
}

it('keeps the result until it is dropped, and wakes the key', async () => {
  const { tasks, done } = started();
  tasks.reserve('a', 'run-1');
  expect(tasks.state('a')).toEqual({ id: 'run-1', phase: 'reserved' });
  tasks.start('a', async () => 'fine');
  await eventually(() => done.includes('a'));
  expect(tasks.state('a')).toEqual({ id: 'run-1', phase: 'done', result: 'fine' });
  tasks.drop('a');
  expect(tasks.state('a')).toBeUndefined();
});

it('gives each result away once, and goes on knowing it', async () => {
  const { tasks, done } = started();
  const ends = async (id: string): Promise<void> => {
    tasks.reserve('a', id);
    expect(tasks.takeResult('a')).toBeUndefined();
    tasks.start('a', async () => id);
    await eventually(() => done.splice(0).length > 0);
  };
  for (const id of ['run-1', 'run-2']) {
    await ends(id);
    expect([tasks.takeResult('a'), tasks.takeResult('a')]).toEqual([id, undefined]);
    expect(tasks.state('a')).toEqual({ id, phase: 'done', result: id });
  }
});

it('starts reserved work once, however often it is asked', async () => {
  const { tasks, done } = started();
  let starts = 0;
  tasks.reserve('a', 'run-1');
  const work = async (): Promise<string> => `start ${++starts}`;
  tasks.start('a', work);
  tasks.start('a', work);
  await eventually(() => done.includes('a'));
  tasks.start('a', work);
  expect(starts).toBe(1);
});

it('lets one that hangs delay nobody while there is a slot, and bounds how many run at once', async () => {
  const { tasks, done } = started(2);
  let most = 0;
  let now = 0;
  const counted = async (): Promise<string> => {
    most = Math.max(most, ++now);
    await new Promise(resolve => setImmediate(resolve));
    now -= 1;
    return '';
  };
  tasks.reserve('hangs', 'x');
  tasks.start('hangs', () => new Promise(() => {}));
  for (let i = 0; i < 20; i++) {
    tasks.reserve(`k${i}`, `run-${i}`);
    tasks.start(`k${i}`, counted);
  }
  await eventually(() => done.length === 20);
  expect(most).toBe(1);
});

it('aborts what is dropped, hears nothing of its result, and frees its slot', async () => {
  const { tasks, done } = started(1);
  tasks.reserve('a', 'run-1');
  tasks.start('a', signal => new Promise(resolve => signal.addEventListener('abort', () => resolve('late'))));
  tasks.reserve('b', 'run-2');
  tasks.start('b', async () => 'after');
  tasks.drop('a');
  await eventually(() => done.includes('b'));
  expect(tasks.state('a')).toBeUndefined();
  expect(tasks.state('b')).toMatchObject({ phase: 'done', result: 'after' });
});

it('forgets work that throws, so that the next turn begins anew', async () => {
  const { tasks, done } = started();
  tasks.reserve('a', 'run-1');
  tasks.start('a', async () => Promise.reject(new Error('bug')));
  await eventually(() => done.includes('a'));
  expect(tasks.state('a')).toBeUndefined();
});
