import { describe, expect, it } from 'vitest';
import { newAnomaly } from '../../../test/builders/ingest.ts';
import { asCaller, webhookWorld } from '../../../test/builders/webhook-world.ts';
import { PortError } from '../../domain/ports/port-error.ts';

const soon = (): AbortSignal => AbortSignal.timeout(10_000);
const URL = '/api/v1/repairs/outcomes';

interface Entry {
  readonly index: number;
  readonly status: string;
  readonly id: string | null;
  readonly error: string | null;
}

function worldOf(over: Parameters<typeof webhookWorld>[0] = {}) {
  const world = webhookWorld(over);
  const report = (payload: object, headers: object = {}) =>
    world.app.inject({ method: 'POST', url: URL, headers: { ...asCaller, ...headers }, payload });
  const entriesOf = async (payload: object, headers: object = {}): Promise<Entry[]> =>
    (await report(payload, headers)).json<{ outcomes: Entry[] }>().outcomes;
  const kept = (anomalyKey: string, action = 'restart_pod') => world.deps.learning.outcomes({ anomalyKey, action, limit: 100 }, soon());
  return { ...world, report, entriesOf, kept };
}

const body = (over: object = {}) => ({ id: 'o-1', anomaly_key: newAnomaly(), repair_action: 'restart_pod', success: true, ...over });

describe('an outcome that is reported', () => {
  it('is recorded with all that was told, in the name of the caller', async () => {
    const { report, kept } = worldOf();
    const at = new Date(Date.now() - 86_400_000);
    const one = body({
      root_cause: 'a leak',
      fix_description: 'restarted deployment/api',
      execution_time_seconds: 12.5,
      occurred_at: `${at.toISOString().replace('Z', '')}+02:00`,
      by: 'mallory',
    });
    const answer = await report(one);
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      {
        outcomes: [
          {
            index: 0,
            status: 'recorded',
            id: 'o-1',
            id_generated: false,
            action_known: true,
            tier: 1,
            attempts: 1,
            successes: 1,
            error: null,
          },
        ],
      },
    ]);
    expect(await kept(one.anomaly_key)).toEqual([
      {
        id: 'reported:o-1',
        anomalyKey: one.anomaly_key,
        action: 'restart_pod',
        success: true,
        by: 'pipeline',
        rootCause: 'a leak',
        fixDescription: 'restarted deployment/api',
        executionSeconds: 12.5,
        at: new Date(at.getTime() - 2 * 3_600_000),
      },
    ]);
  });

  it('is never verified, whatever it says of itself', async () => {
    const { report, deps } = worldOf();
    const verified = { anomalyClass: 'A/Pod', playbook: { namespace: 'shop', name: 'p', steps: 's' } };
    const one = body({ verified });
    await report(one);
    const { actions } = await deps.learning.anomaly(one.anomaly_key, soon());
    expect(actions).toMatchObject([{ attempts: 1, verified: { successes: 0, failures: 0 } }]);
    expect(await deps.learning.totals(soon())).toEqual([]);
  });

  it('cannot take the place of a run of the operator by its id', async () => {
    const { report, deps } = worldOf();
    const one = body({ id: 'run-1' });
    await report(one);
    const run = { id: 'run-1', anomalyKey: one.anomaly_key, action: 'restart_pod', success: true, by: 'run-1' };
    expect(await deps.learning.record([run], soon())).toMatchObject([{ is: 'recorded' }]);
  });

  it('is repeated where its id was recorded before, and then changes nothing', async () => {
    const { entriesOf, kept, counted } = worldOf();
    const one = body();
    await entriesOf(one);
    expect(await entriesOf({ ...one, success: false })).toMatchObject([{ status: 'repeated', attempts: 1, successes: 1 }]);
    expect(await kept(one.anomaly_key)).toHaveLength(1);
    expect(counted).toEqual(expect.arrayContaining(['outcome recorded reported', 'outcome repeated reported']));
  });

  it('has the Idempotency-Key for its id where it has none; in a list each by its place', async () => {
    const { entriesOf } = worldOf();
    const one = body({ id: undefined });
    const key = { 'idempotency-key': 'k-1' };
    expect(await entriesOf(one, key)).toMatchObject([{ id: 'k-1', status: 'recorded', id_generated: false }]);
    expect(await entriesOf(one, key)).toMatchObject([{ id: 'k-1', status: 'repeated' }]);
    const list = [one, { ...one, id: 'own' }, one];
    expect((await entriesOf(list, key)).map(({ id, status }) => [id, status])).toEqual([
      ['k-1#0', 'recorded'],
      ['own', 'recorded'],
      ['k-1#2', 'recorded'],
    ]);
    expect((await entriesOf(list, key)).map(({ status }) => status)).toEqual(Array(3).fill('repeated'));
  });

  it('gets an id of its own where it has neither, and the answer says so', async () => {
    const { entriesOf } = worldOf();
    const one = body({ id: null });
    const [first, second] = [await entriesOf(one), await entriesOf(one)];
    expect([first, second]).toMatchObject([[{ status: 'recorded', id_generated: true }], [{ status: 'recorded', id_generated: true }]]);
    expect(first[0]?.id).not.toBe(second[0]?.id);
  });

  it.each([
    ['restart_pod', true, 1],
    ['rollback', true, 3],
    ['turn_it_off_and_on', false, 1],
  ])('of %s is taken, with whether the action is known', async (repair_action, action_known, tier) => {
    expect(await worldOf().entriesOf(body({ repair_action }))).toMatchObject([{ status: 'recorded', action_known, tier }]);
  });

  it.each([
    [{ anomaly_key: undefined }, /^anomaly_key: it has to be a text of 1 to 200 characters/],
    [{ anomaly_key: '  ' }, /^anomaly_key: it has to be a text/],
    [{ repair_action: 7 }, /^repair_action: it has to be a text of 1 to 100 characters: what was done, such as restart_pod/],
    [{ success: 'yes' }, /^success: it has to be true or false$/],
    [{ execution_time_seconds: -1 }, /^execution_time_seconds: it has to be a number of seconds from 0 to 31536000; leave it out/],
    [{ execution_time_seconds: '12' }, /^execution_time_seconds: it has to be a number/],
    [{ execution_time_seconds: 1e300 }, /^execution_time_seconds: it has to be a number/],
    [{ occurred_at: 'yesterday' }, /^occurred_at: it has to be a time such as 2026-03-29T10:00:00Z; leave it out for now$/],
    [{ root_cause: {} }, /^root_cause: it has to be a text/],
    [{ id: '' }, /^id: it has to be a text of 1 to 180 characters.*leave it out to have one made$/],
    [{ success: undefined, repair_action: undefined }, /^repair_action: .*; success: /],
  ])('is refused with a sentence for %j', async (wrong, sentence) => {
    const { report, deps } = worldOf();
    const one = body();
    const answer = await report({ ...one, ...wrong });
    const [entry] = answer.json<{ outcomes: Entry[] }>().outcomes;
    expect([answer.statusCode, entry]).toMatchObject([200, { status: 'refused', error: expect.stringMatching(sentence), attempts: null }]);
    expect((await deps.learning.anomaly(one.anomaly_key, soon())).actions).toEqual([]);
  });
});

describe('a list of outcomes', () => {
  it('is taken but for the bad ones, each of which is refused by itself', async () => {
    const { entriesOf, kept, counted } = worldOf();
    const anomaly_key = newAnomaly();
    const of = (id: string, over: object = {}) => body({ id, anomaly_key, ...over });
    const answers = await entriesOf([of('a'), 'nonsense', of('b', { success: 1 }), null, of('c'), of('a')]);
    expect(answers.map(({ index, status, id }) => [index, status, id])).toEqual([
      [0, 'recorded', 'a'],
      [1, 'refused', null],
      [2, 'refused', 'b'],
      [3, 'refused', null],
      [4, 'recorded', 'c'],
      [5, 'repeated', 'a'],
    ]);
    expect(answers[1]?.error).toBe('it is no object: give one with anomaly_key, repair_action and success');
    expect(await kept(anomaly_key)).toHaveLength(2);
    expect(counted.filter(line => line === 'outcome refused reported')).toHaveLength(3);
  });

  it('may be empty, and may hold a thousand', async () => {
    const { entriesOf, report } = worldOf();
    expect(await entriesOf([])).toEqual([]);
    const anomaly_key = newAnomaly();
    const many = Array.from({ length: 1001 }, (_, n) => body({ id: `o-${n}`, anomaly_key, root_cause: 'r'.repeat(2000) }));
    expect(await entriesOf(many.slice(1))).toHaveLength(1000);
    const tooMany = await report(many);
    expect([tooMany.statusCode, tooMany.json()]).toMatchObject([
      400,
      { message: 'at most 1000 outcomes are taken at once: send them in several requests' },
    ]);
  });
});

describe('a body that is no outcome', () => {
  it.each([
    ['a number', '7', 'application/json', /has to be one outcome, a JSON object/],
    ['null', 'null', 'application/json', /has to be one outcome, a JSON object/],
    ['nothing', '', 'application/json', /Body cannot be empty/],
    ['broken JSON', '{"a":', 'application/json', /JSON/],
    ['of another type', 'anomaly_key=a', 'application/x-www-form-urlencoded', /sent as application\/json/],
  ])('is answered 400 with a sentence: %s', async (_, payload, type, sentence) => {
    const { app } = worldOf();
    const answer = await app.inject({ method: 'POST', url: URL, headers: { ...asCaller, 'content-type': type }, payload });
    expect([answer.statusCode, answer.json<{ message: string }>().message]).toEqual([400, expect.stringMatching(sentence)]);
  });

  it('is 413 where it has no end', async () => {
    const answer = await worldOf().report(body({ root_cause: 'r'.repeat(5 * 1024 * 1024) }));
    expect(answer.statusCode).toBe(413);
  });
});

it('takes outcomes of nobody who is not known', async () => {
  const { app, deps } = worldOf();
  const one = body();
  const answer = await app.inject({ method: 'POST', url: URL, payload: one });
  expect(answer.statusCode).toBe(401);
  expect((await deps.learning.anomaly(one.anomaly_key, soon())).actions).toEqual([]);
});

it('answers 503 while the store is away, and then nothing counts as told', async () => {
  const { learning } = webhookWorld().deps;
  const { report, counted } = worldOf({ learning: { ...learning, record: () => Promise.reject(new PortError('unavailable', 'away')) } });
  const answer = await report([body(), body({ success: 'no' })]);
  expect(answer.statusCode).toBe(503);
  expect(counted.filter(line => line.startsWith('outcome'))).toEqual([]);
});

it('describes the outcome and the answer in OpenAPI, each with an example', async () => {
  const { app } = worldOf();
  const { paths } = (await app.inject('/api/docs/json')).json<{ paths: Record<string, { post: object }> }>();
  const described = JSON.stringify(paths[URL]?.post);
  for (const field of [
    'anomaly_key',
    'execution_time_seconds',
    'action_known',
    '"example":{"id":',
    '"example":{"outcomes":',
    'Idempotency-Key',
  ]) {
    expect(described).toContain(field);
  }
});
