import { signozView } from '../../test/e2e/rule-stage.ts';
import { is } from './rules-shell.ts';
import type { RuleScene } from './section.ts';

const NAME = 'api-high-latency-p99';
const WHO = 'ann@example.com';

/** Somebody changes a rule in SigNoz' UI: it is named field by field, and put right or only reported, as the object says. */
export async function drifted(scene: RuleScene): Promise<string[]> {
  scene.screen.heading(`${WHO} changes a rule in SigNoz`);
  const { ruleId = '' } = await scene.shell.synced(NAME);
  return [...(await corrected(scene, ruleId)), ...(await reported(scene, ruleId))];
}

async function corrected({ stage, screen, shell }: RuleScene, ruleId: string): Promise<string[]> {
  stage.signoz.editAs(WHO, ruleId, shown => ({ ...shown, alert: 'changed by hand', labels: { severity: 'info' } }));
  const { lastDrift } = await screen.step('policy Correct: the rule is looked at, and written anew', async () => {
    await shell.lookNow(NAME);
    return shell.until(NAME, ({ status }) => status?.lastDrift !== undefined && is(status, 'Synced', 'True'));
  });
  screen.good(`status.lastDrift: ${lastDrift?.fields.join(', ')} by ${lastDrift?.updatedBy}`);
  const rule = await signozView(stage.signoz).one(ruleId);
  return rule['alert'] === 'changed by hand' ? ['the drift was not put right'] : [];
}

async function reported({ stage, screen, shell }: RuleScene, ruleId: string): Promise<string[]> {
  await shell.patch(NAME, { drift: { policy: 'Report' } });
  await shell.synced(NAME);
  stage.signoz.editAs(WHO, ruleId, shown => ({ ...shown, description: 'a note by hand' }));
  const status = await screen.step('policy Report: it is only named', async () => {
    await shell.lookNow(NAME);
    return shell.until(NAME, ({ status: seen }) => is(seen, 'Drifted', 'True'));
  });
  screen.good(`Drifted=True: ${status.conditions?.find(({ type }) => type === 'Drifted')?.message}`);
  const rule = await signozView(stage.signoz).one(ruleId);
  return rule['description'] === 'a note by hand' ? [] : ['a drift that was only to be reported was put right'];
}
