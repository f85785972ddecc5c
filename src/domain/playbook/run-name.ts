import { createHash } from 'node:crypto';
import type { RepairPlaybook } from '../../crds/repairplaybook/kind.ts';
import type { Incident } from '../incidents/incident.ts';
import { openingOf } from '../incidents/opening.ts';

type Named = { readonly namespace: string; readonly name: string };
type Opened = Pick<Incident, 'id' | 'openedAt' | 'timeline'>;

const HASH_CHARACTERS = 10;
/** Of a DNS label (RFC 1123) so many are left beside the hash, a number, and what a run has behind its name that asks again. */
const NAME_CHARACTERS = 63 - HASH_CHARACTERS - 1 - '-999'.length - '-3f9c0a'.length;
/** Behind the base: a number, then six digits of a hash for each time that the playbook was changed while the run waited. */
const BEHIND = /^(?:-([1-9]\d{0,2}))?(?:-[0-9a-f]{6})*$/;

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
  const behind = run.startsWith(base) ? BEHIND.exec(run.slice(base.length)) : null;
  return behind ? Number(behind[1] ?? 0) : undefined;
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
