import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathOf } from './installed.ts';

/** Few enough for one command line, many enough that starting the program counts for nothing. */
const AT_ONCE = 1000;

/** What promtool says of each expression as the `expr` of an alert: undefined where it is right. One process for a thousand. */
export function promtoolVerdicts(expressions: readonly string[]): readonly (string | undefined)[] {
  const folder = mkdtempSync(join(tmpdir(), 'promtool-'));
  try {
    const names = expressions.map((_, at) => `${at}.yml`);
    expressions.forEach((expr, at) => {
      writeFileSync(join(folder, names[at] ?? ''), ruleFile(expr));
    });
    const said = new Map<string, string | undefined>();
    for (let at = 0; at < names.length; at += AT_ONCE) check(folder, names.slice(at, at + AT_ONCE), said);
    return names.map(name => {
      if (!said.has(name)) throw new Error(`promtool said nothing of ${name}`);
      return said.get(name);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function check(folder: string, names: readonly string[], said: Map<string, string | undefined>): void {
  const command = ['-c', 'exec "$0" check rules "$@" 2>&1', pathOf('promtool'), ...names];
  const { stdout } = spawnSync('sh', command, { cwd: folder, encoding: 'utf8', timeout: 120_000, maxBuffer: 1 << 30 });
  for (const [, name = '', verdict = ''] of stdout.matchAll(/^Checking (\S+)\n([\s\S]*?)(?=^Checking |(?![\s\S]))/gm)) {
    if (/^ +SUCCESS: 1 rules found/.test(verdict)) said.set(name, undefined);
    else if (verdict.includes('FAILED:')) said.set(name, verdict.trim());
  }
}

/** JSON is YAML; but of characters beyond the basic plane YAML's escapes are its own. */
function ruleFile(expr: string): string {
  const rules = JSON.stringify({ groups: [{ name: 'g', rules: [{ alert: 'A', expr }] }] });
  return rules.replaceAll(/[^ -~]/gu, character => `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`);
}
