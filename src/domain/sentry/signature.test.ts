import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { sentrySignature } from './signature.ts';

const Signed = z.object({ secret: z.string(), cases: z.array(z.object({ name: z.string(), raw: z.string(), sig: z.string() })) });

const { secret, cases } = Signed.parse(
  JSON.parse(readFileSync(new URL('../../../test/fixtures/sentry/signed.json', import.meta.url), 'utf8')),
);

it.each(cases)('signs the raw bytes as Sentry does: $name', ({ raw, sig }) => {
  expect(sentrySignature(secret, raw)).toBe(sig);
});
