import { createHash } from 'node:crypto';
import type { RepairPlaybook } from '../../crds/repairplaybook/kind.ts';
import type { Incident } from '../incidents/incident.ts';
import { openingOf } from '../incidents/opening.ts';

type Named = { readonly namespace: string; readonly name: string };
type Opened = Pick<Incident, 'id' | 'openedAt' | 'timeline'>;

const HASH_CHARACTERS = 10;
/** Of a DNS label (RFC 1123) so many are left beside the hash and a number. */
const NAME_CHARACTERS = 63 - HASH_CHARACTERS - 1 - '-999'.length;

/**
 * What a run of this playbook is called for this opening of an incident: the same for whoever asks. `number` tells those apart that were
 * proposed again after one had ended.
 */
export function runName(playbook: Named, incident: Opened, number = 0): string {
  const base = baseOf(playbook, incident);
  return number === 0 ? base : `${base}-${number}`;
}

/** Which number the run has for this opening; undefined where it is of another opening, incident or playbook. */
export function runNumber(run: string, playbook: Named, incident: Opened): number | undefined {
  const base = baseOf(playbook, incident);
  if (run === base) return 0;
  const number = run.startsWith(`${base}-`) ? run.slice(base.length + 1) : '';
  return /^[1-9]\d{0,2}$/.test(number) ? Number(number) : undefined;
}

function baseOf({ namespace, name }: Named, incident: Opened): string {
  const cause = JSON.stringify([namespace, name, incident.id, openingOf(incident).getTime()]);
  const readable = name.slice(0, NAME_CHARACTERS).replaceAll('.', '-').replace(/-+$/, '');
  return `${readable}-${createHash('sha256').update(cause).digest('hex').slice(0, HASH_CHARACTERS)}`;
}

/** Eight hex digits by which a button names what was shown: once the playbook is another, they are others too. */
export function playbookMark({ metadata: { namespace, name, uid }, status }: RepairPlaybook): string {
  const shown = JSON.stringify([namespace, name, uid, status?.hash ?? '']);
  return createHash('sha256').update(shown).digest('hex').slice(0, 8);
}
