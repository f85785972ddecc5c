import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Root } from '../../test/parts/installed.ts';
import { DISK_ALERT } from './card.ts';
import type { Scene } from './section.ts';

/** Where an alert went, as anybody can ask. */
export async function traced({ stage, screen }: Scene): Promise<string[]> {
  screen.heading(`awoooi trace ${DISK_ALERT}`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(Root, 'src/main.ts'), 'trace', DISK_ALERT], {
    env: { PATH: process.env['PATH'], AWOOOI_API_BASE: stage.operator.url, AWOOOI_API_TOKEN: stage.apiToken },
    encoding: 'utf8',
    timeout: 30_000,
  });
  for (const line of `${stdout}${stderr}`.trimEnd().split('\n')) screen.say(`    ${line}`);
  return status === 0 ? [] : [`awoooi trace ended with ${status}`];
}
