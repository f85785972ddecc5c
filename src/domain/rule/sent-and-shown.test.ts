import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { anySignozRule } from '../../../test/builders/any-signoz-rule.ts';
import { type Signoz, startSignoz } from '../../../test/servers/signoz.ts';
import { ruleIn, type SignozCaller, signozCaller } from '../../../test/servers/signoz-caller.ts';
import { differences } from './differences.ts';
import { normalForm } from './normal-form.ts';
import { ruleHash } from './rule-hash.ts';

const FIXTURES = join(import.meta.dirname, '../../../test/fixtures/signoz');
const Recording = z.object({
  request: z.looseObject({}),
  post: z.object({ body: z.object({ data: z.looseObject({}) }) }),
  get: z.object({ body: z.object({ data: z.looseObject({}) }) }),
});
const recordings = readdirSync(FIXTURES)
  .filter(name => name.startsWith('rule-'))
  .map(name => [name, Recording.parse(JSON.parse(readFileSync(join(FIXTURES, name), 'utf8')))] as const);

describe('what was sent to a real SigNoz and what it showed', () => {
  it('is recorded nine times', () => {
    expect(recordings).toHaveLength(9);
  });

  it.each(recordings)('has one normal form: %s', (_, { request, post, get }) => {
    expect(normalForm(request)).toEqual(normalForm(get.body.data));
    expect(normalForm(request)).toEqual(normalForm(post.body.data));
    expect(differences(normalForm(request), normalForm(get.body.data))).toEqual([]);
    expect(ruleHash(normalForm(request))).toBe(ruleHash(normalForm(get.body.data)));
  });
});

describe('what is sent to the stand-in, however it is spelled, and what it shows', () => {
  let signoz: Signoz;
  let ask: SignozCaller;
  beforeAll(async () => {
    const channels = ['ops-hook', 'second'].map(name => ({ name, webhook_configs: [{ url: 'http://127.0.0.1:1/' }] }));
    signoz = await startSignoz({ channels });
    ask = signozCaller(signoz);
  });
  afterAll(() => signoz.stop());

  it('has one normal form after POST, PUT of what was shown and PATCH', async () => {
    await fc.assert(
      fc.asyncProperty(anySignozRule, async body => {
        const posted = await ask('POST', '/api/v2/rules', { body });
        expect(posted).toEqual([201, expect.anything()]);
        const want = normalForm(body);
        const path = `/api/v2/rules/${ruleIn(posted).id}`;
        const shown = async () => normalForm(ruleIn(await ask('GET', path)));
        // The thresholds of this answer are in another order.
        expect(normalForm(ruleIn(posted))).toEqual(want);
        expect(await shown()).toEqual(want);

        expect(await ask('PUT', path, { body: ruleIn(await ask('GET', path)) })).toEqual([204, '']);
        expect(await shown()).toEqual(want);

        expect(await ask('PATCH', path, { body: { disabled: true } })).toEqual([200, expect.anything()]);
        expect(await shown()).toEqual({ ...want, disabled: true });
        expect(await ask('DELETE', path)).toEqual([204, '']);
      }),
      { numRuns: 300 },
    );
  });
});

it('is the form of itself', () => {
  fc.assert(
    fc.property(anySignozRule, body => {
      const once = normalForm(body);
      expect(normalForm(once)).toEqual(once);
    }),
    { numRuns: 500 },
  );
});

/** Any JSON where a rule has something of a certain type. */
const hostile = fc.letrec(tie => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<unknown>(
      '',
      0,
      -0,
      false,
      true,
      null,
      'basic',
      'v1',
      'promql',
      ' BUILDER ',
      'x',
      '5m0s',
      '1d',
      'resource.tag.x:str',
      '\ud800',
    ),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        ...'schemaVersion condition compositeQuery queries type spec kind name thresholds op target channels queryType evaluation'.split(
          ' ',
        ),
        ...'notificationSettings renotify interval labels groupBy stepInterval order key functions args value fieldContext source'.split(
          ' ',
        ),
        ...'__proto__ constructor unknown'.split(' '),
      ),
      tie('value'),
      { maxKeys: 6, noNullPrototype: true },
    ),
  ),
}));

it('is the form of itself also for what no SigNoz would show', () => {
  fc.assert(
    fc.property(hostile.value, fc.constantFrom(undefined, 'v2alpha1'), (value, schemaVersion) => {
      const once = normalForm({ schemaVersion, condition: value, evaluation: value, labels: value, thresholds: value });
      expect(normalForm(once)).toEqual(once);
      const deeper = normalForm({ schemaVersion: 'v2alpha1', condition: { thresholds: value, compositeQuery: { queries: [value] } } });
      expect(normalForm(deeper)).toEqual(deeper);
    }),
    { numRuns: 3000 },
  );
});
