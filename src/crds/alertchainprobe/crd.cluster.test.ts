import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { specWith, WRONG_SPECS } from '../../../test/builders/wrong-specs.ts';
import { causesOf, type KindOffers, offersOf } from '../../../test/parts/kind-offers.ts';
import { parseAlertChainProbe } from './parse.ts';

const EXAMPLES = join(import.meta.dirname, '../../../examples');
const Spec = z.object({ spec: z.record(z.string(), z.unknown()) });

let api: KindOffers;

beforeAll(async () => {
  api = await offersOf('alertchainprobes');
});

function probe(spec: object): object {
  return { apiVersion: 'awoooi.io/v1alpha1', kind: 'AlertChainProbe', metadata: { name: 'offered' }, spec };
}

describe('the API server', () => {
  it.each(WRONG_SPECS)('refuses $what', async ({ spec, field, sentence }) => {
    const answer = await api.offered(probe(spec));
    expect(answer).toMatchObject({ status: 422 });
    const causes = causesOf(answer).filter(cause => cause.field === field);
    expect(causes.map(cause => cause.message).join('\n')).toContain(sentence);
  });

  it('refuses a field that it does not know, by its name', async () => {
    const answer = await api.offered(probe(specWith({ timeuot: '5s' })));
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain('unknown field');
  });

  it.each(readdirSync(EXAMPLES).filter(file => file.endsWith('.yaml')))(
    'accepts examples/%s and fills in what our parser fills in',
    async file => {
      for (const document of parseAllDocuments(readFileSync(join(EXAMPLES, file), 'utf8'))) {
        const object: unknown = document.toJS();
        const answer = await api.offered(z.looseObject({}).parse(object));
        expect(answer).toMatchObject({ status: 201 });
        const parsed = parseAlertChainProbe(object);
        expect(parsed.ok && parsed.probe.spec).toEqual(Spec.parse(answer.body).spec);
      }
    },
  );

  it.each(['Africa/Abidjan', 'America/Argentina/Buenos_Aires', 'Etc/GMT+8', 'UTC', 'America/Port-au-Prince'])(
    'knows the time zone %s',
    async timeZone => {
      expect((await api.offered(probe(specWith({ schedule: { cron: '0 0 * * *', timeZone } })))).status).toBe(201);
    },
  );

  it.each(['*/5 * * * *', '0,30 8-18/2 1,15 JAN-MAR MON-FRI', '0 0 * * FRI-SUN', '59 23 31 12 7', '00 03 01 01 0', '0 0 29 2 *'])(
    'accepts the cron text %s',
    async cron => {
      expect((await api.offered(probe(specWith({ schedule: { cron } })))).status).toBe(201);
    },
  );

  it.each([
    'http://a',
    'https://a.b.example.:8443/x/y',
    'http://[fd00::1]:80',
    'http://127.0.0.1:65535/',
    'http://under_score',
    'http://10.0.0.1./x',
    'http://1-2.a1',
  ])('accepts the URL %s', async url => {
    expect((await api.offered(probe(specWith({ target: { url } })))).status).toBe(201);
  });
});
