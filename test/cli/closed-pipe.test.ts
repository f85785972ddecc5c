import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { Root } from '../parts/installed.ts';

it('ends without a stack where nobody reads on, as behind head', async () => {
  const files = ['collection.rules.yml', 'signoz-names.rules.yml'].map(name => join(Root, 'test/fixtures/rules', name));
  const child = spawn(process.execPath, [join(Root, 'src/main.ts'), 'rules', 'convert', ...files], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  const [stderr, [status]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect(status).toBe(141);
  expect(stderr).not.toMatch(/EPIPE|^ +at /m);
});
