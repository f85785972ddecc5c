import { signozView } from '../../test/e2e/rule-stage.ts';
import type { RuleScene } from './section.ts';

/** Objects are deleted, and their rules go, stay or are disabled, as each says. */
export async function deleted({ stage, screen, shell }: RuleScene): Promise<string[]> {
  screen.heading('Deleting objects');
  const choices = [
    ['api-high-error-rate', 'Delete'],
    ['api-high-latency-p95', 'Orphan'],
    ['high-span-drop-rate', 'Disable'],
  ] as const;
  const rows: string[][] = [['OBJECT', 'DELETIONPOLICY', 'ITS RULE IN SIGNOZ']];
  for (const [name, deletionPolicy] of choices) {
    const { ruleId = '' } = await shell.synced(name);
    await shell.patch(name, { deletionPolicy });
    await shell.run('delete', 'sar', name, '--wait=false');
    await shell.gone(name);
    const left = (await signozView(stage.signoz).all()).find(({ id }) => id === ruleId);
    rows.push([name, deletionPolicy, left ? `there, ${String(left['state'])}` : 'gone']);
  }
  screen.list(rows);
  const told = rows.map(([, , what]) => what).join(' ');
  return told.endsWith('gone there, inactive there, disabled') ? [] : [`a deletion went wrong: ${told}`];
}
