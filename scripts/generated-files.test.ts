import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CliVariables, OperatorVariables } from '../src/config/load.ts';
import { variablesOf } from '../src/config/variable.ts';
import { ALERT_CHAIN_PROBE_DEFINITION } from '../src/crds/alertchainprobe/definition.ts';
import { fieldRows } from '../src/crds/generate/field-rows.ts';
import { structural } from '../src/crds/generate/structural.ts';
import { filled, generatedFiles } from './generated-files.ts';

const ROOT = join(import.meta.dirname, '..');
const page = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

describe('generated files', () => {
  it.each([...generatedFiles(ROOT)])('%s is what the schemas say; `make generate` mends it', (path, text) => {
    expect(existsSync(join(ROOT, path))).toBe(true);
    expect(page(path)).toBe(text);
  });

  it('fill only the places that are theirs', () => {
    expect(filled('a\n<!-- generated: x -->\nold\n<!-- end -->\nb', 'x', 'new')).toBe('a\n<!-- generated: x -->\nnew\n<!-- end -->\nb');
    expect(() => filled('a', 'x', 'new')).toThrow(/no place/);
  });
});

describe('documentation', () => {
  const { spec, status } = ALERT_CHAIN_PROBE_DEFINITION;

  it.each([...fieldRows(structural(spec)), ...fieldRows(structural(status))].map(row => row.path))('names the field %s', path => {
    expect(page('docs/spec/alertchainprobe.md')).toContain(`| \`${path}\` |`);
  });

  it.each(
    [...variablesOf(OperatorVariables), ...variablesOf(CliVariables)].filter(({ facts }) => !facts.hidden).map(({ facts }) => facts.env),
  )('names the variable %s', name => {
    expect(page('docs/configuration.md')).toContain(`\`${name}\``);
  });
});
