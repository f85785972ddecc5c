import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { playbookMetrics } from './playbook-metrics.ts';
import { metrics } from './registry.ts';

it('counts playbooks by trust as they are at a scrape, and promotions by result, all from the start', async () => {
  const page = metrics({ process: false });
  const counted = playbookMetrics(page);
  const shown = async () => (await text((await page.page()).pieces)).split('\n');
  const before = await shown();
  for (const trust of ['Candidate', 'Trusted', 'Quarantined']) expect(before).toContain(`awoooi_repair_playbooks{trust="${trust}"} 0`);
  expect(before).toContain('awoooi_repair_playbook_promotions_total{result="deleted"} 0');
  counted.readFrom(() => ['Trusted', undefined, 'Quarantined', 'Trusted']);
  counted.promotion('created');
  const after = await shown();
  expect(after).toEqual(
    expect.arrayContaining(['awoooi_repair_playbooks{trust="Candidate"} 1', 'awoooi_repair_playbooks{trust="Trusted"} 2']),
  );
  expect(after).toContain('awoooi_repair_playbook_promotions_total{result="created"} 1');
});
