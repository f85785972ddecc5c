import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { webhookBody } from '../../src/domain/delivery/webhook-body.ts';
import { ruleAnalysis } from '../../src/domain/analysis/rule-analysis.ts';
import { incidentOf } from '../builders/telegram-world.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/webhook.md'), 'utf8');
const EXAMPLE = /^```json\n([\s\S]*?)^```$/m.exec(PAGE)?.[1] ?? '';

it('the body on the page has the fields that are sent, and says why rules spoke as it is said', () => {
  const incident = incidentOf();
  const analysis = ruleAnalysis(incident, { because: { is: 'off' }, language: 'en', at: new Date() });
  const sent = JSON.parse(webhookBody({ ...incident, analysis }));
  const shown = JSON.parse(EXAMPLE);
  expect(Object.keys(shown)).toEqual(Object.keys(sent));
  expect(Object.keys(shown.incident)).toEqual(Object.keys(sent.incident));
  expect(shown.incident.analysis.because).toBe(sent.incident.analysis.because);
});
