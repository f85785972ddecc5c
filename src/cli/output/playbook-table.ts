import type { ListedPlaybook } from '../../domain/ports/playbook-reader.ts';
import { fieldsAt } from '../../domain/text/json-fields.ts';
import { columns, plain } from './columns.ts';

const HEAD = ['NAMESPACE', 'NAME', 'SOURCE', 'MODE', 'TRUST', 'SUCCESS', 'RUNS', 'READY'] as const;
const LONGEST_CELL = 63;

/** For people: a line for each playbook. What is not known yet is a dash. */
export function playbookTable(found: readonly ListedPlaybook[]): string {
  return columns([HEAD, ...found.map(cells)]);
}

function cells({ namespace, name, object }: ListedPlaybook): readonly string[] {
  const { source, mode } = fieldsAt(object, 'spec');
  const status = fieldsAt(object, 'status');
  const { attempts, successRate } = fieldsAt(status, 'stats');
  const tried = typeof attempts === 'number' && attempts > 0 && typeof successRate === 'number';
  return [
    namespace,
    name,
    text(source),
    text(mode),
    text(status['trust']),
    // Rounded down: 99.6 % is not all.
    tried ? `${Math.floor(successRate * 100 + 1e-9)} %` : '-',
    typeof attempts === 'number' ? `${attempts}` : '-',
    readiness(status['conditions']),
  ];
}

function readiness(conditions: unknown): string {
  const all: readonly unknown[] = Array.isArray(conditions) ? conditions : [];
  const ready = all.map(condition => fieldsAt({ condition }, 'condition')).find(({ type }) => type === 'Ready');
  return ready ? `${text(ready['status'])} ${text(ready['reason'])}` : '-';
}

function text(value: unknown): string {
  return typeof value === 'string' && value !== '' ? plain(value, LONGEST_CELL) : '-';
}
