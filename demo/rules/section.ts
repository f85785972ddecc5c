import { join } from 'node:path';
import { Root } from '../../test/parts/installed.ts';
import { signozSecret, signozView } from '../../test/e2e/rule-stage.ts';
import type { Screen } from '../screen.ts';
import type { Stage } from '../stage.ts';
import { drifted } from './drift.ts';
import { deleted } from './deletion.ts';
import { type RulesShell, rulesShell } from './rules-shell.ts';
import { takenOver } from './adoption.ts';

/** What a scene needs to be played; what went wrong in it is a list of sentences. */
export interface RuleScene {
  readonly stage: Stage;
  readonly screen: Screen;
  readonly shell: RulesShell;
}

const EXAMPLES = ['api-high-error-rate', 'api-high-latency-p99', 'api-high-latency-p95', 'no-traces-received', 'high-span-drop-rate'];

/** The third job: alert rules are kept in Git, and SigNoz has them as they are written there. Returns what went wrong. */
export async function rulesSection(stage: Stage, screen: Screen): Promise<readonly string[]> {
  const shell = rulesShell(stage);
  const scene: RuleScene = { stage, screen, shell };
  await shell.apply(signozSecret(stage.signoz));
  const wrong = await applied(scene);
  for (const play of [drifted, takenOver, deleted]) wrong.push(...(await play(scene)));
  return wrong;
}

async function applied({ screen, shell, stage }: RuleScene): Promise<string[]> {
  screen.heading('kubectl apply -f examples/signoz');
  await screen.step('five rules and a Watchdog, until SigNoz has them all', async () => {
    await shell.applyFolder(join(Root, 'examples/signoz'));
    await Promise.all(EXAMPLES.map(name => shell.synced(name)));
  });
  for (const line of (await shell.run('get', 'sar')).trimEnd().split('\n')) screen.say(`    ${line}`);
  const { url, ruleId = '' } = await shell.synced(EXAMPLES[0] ?? '');
  screen.good(`each has a link to its rule: ${url}`);
  const there = await signozView(stage.signoz).all();
  return there.some(({ id }) => id === ruleId) ? [] : ['SigNoz does not have the rule that the status names'];
}
