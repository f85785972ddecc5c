import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { errandMessage, webhookBody } from '../../src/domain/delivery/webhook-body.ts';
import { ruleAnalysis } from '../../src/domain/analysis/rule-analysis.ts';
import type { Errand } from '../../src/domain/ports/people.ts';
import { incidentOf } from '../builders/telegram-world.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/webhook.md'), 'utf8');
const [INCIDENT = '', REPAIR = ''] = Array.from(PAGE.matchAll(/^```json\n([\s\S]*?)^```$/gm), ([, example = '']) => example);

it('the body on the page has the fields that are sent, and says why rules spoke as it is said', () => {
  const incident = incidentOf();
  const analysis = ruleAnalysis(incident, { because: { is: 'off' }, language: 'en', at: new Date() });
  const sent = JSON.parse(webhookBody({ ...incident, analysis }));
  const shown = JSON.parse(INCIDENT);
  expect(Object.keys(shown)).toEqual(Object.keys(sent));
  expect(Object.keys(shown.incident)).toEqual(Object.keys(sent.incident));
  expect(shown.incident.analysis.because).toBe(sent.incident.analysis.because);
});

it('what a repair asks is on the page as it is sent, the incident being that of its own event', () => {
  const shown = JSON.parse(REPAIR);
  const { run, run_uid: uid, step, playbook, text } = shown.repair;
  const [namespace, name] = run.split('/');
  const errand: Errand = { run: { namespace, name, uid }, step, action: 'create_issue', playbook, text };
  const incident = incidentOf({ id: shown.incident.id, revision: shown.incident.revision });
  const { delivery, body } = errandMessage('repair-issue', { errand, incident });
  const { incident: of, ...sent } = JSON.parse(body);
  const { incident: _, ...asShown } = shown;
  expect(sent).toEqual(asShown);
  expect(delivery).toBe(shown.delivery);
  expect(of).toEqual(JSON.parse(webhookBody(incident)).incident);
  expect(of).toMatchObject(shown.incident);
});

it('names both events', () => {
  for (const event of ['repair-issue', 'repair-notice']) expect(PAGE).toContain(`\`${event}\``);
});
