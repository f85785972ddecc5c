import { postableRule, ruleCondition, ruleThresholds } from '../../test/builders/signoz-rule.ts';
import { alertRule, signozView } from '../../test/e2e/rule-stage.ts';
import { is } from './rules-shell.ts';
import type { RuleScene } from './section.ts';

const NAME = 'checkout-errors';

/** A rule that somebody made by hand is taken over, after a look at what that would change. */
export async function takenOver({ stage, screen, shell }: RuleScene): Promise<string[]> {
  screen.heading('Taking over a rule that exists');
  const condition = ruleCondition({ thresholds: ruleThresholds([{ channels: ['awoooi'] }]) });
  const theirs = postableRule({ alert: 'Checkout errors', source: '', condition });
  const [id = ''] = stage.signoz.seed([theirs]);
  const promql = { expr: 'up == 0', for: '5m', severity: 'critical', channels: ['awoooi'] };
  await shell.apply(alertRule(NAME, { name: 'Checkout errors', promql, mode: 'Plan', adoption: { policy: 'ById', ruleId: id } }));
  const { plan } = await screen.step('mode Plan: nothing is written', () => shell.until(NAME, ({ status }) => status?.plan !== undefined));
  screen.say(`    status.plan: ${plan?.action} (${plan?.hash})`);
  for (const line of (plan?.diff ?? '').split('\n')) screen.say(`    │ ${line}`);
  const before = await signozView(stage.signoz).one(id);
  if (before['source'] !== undefined) return ['a plan changed the rule before it was approved'];
  const status = await screen.step('approved by its hash', async () => {
    await shell.patch(NAME, { approvedPlan: plan?.hash });
    return shell.until(NAME, ({ status: seen }) => is(seen, 'Ready', 'True'));
  });
  screen.good(`rule ${status.ruleId} is owned now: its source is ${String((await signozView(stage.signoz).one(id))['source'])}`);
  return status.ruleId === id ? [] : ['another rule was made instead of taking over the one that there was'];
}
