import type { RunPhase } from '../../crds/repairrun/status.ts';
import type { Incident, IncidentRepair } from '../incidents/incident.ts';
import type { Offer } from '../playbook/offer.ts';
import type { Language } from '../text/language.ts';
import { line } from './html.ts';
import { wordsOf } from './language.ts';
import type { Words } from './words.ts';

/** Characters of one, and how many are shown: the newest. */
const MOST = { repair: 150, shown: 3, offer: 130 } as const;

const ICONS: Readonly<Record<RunPhase, string>> = {
  AwaitingApproval: '⏳',
  Rejected: '🚫',
  Expired: '⌛',
  DryRun: '🧪',
  Running: '🛠',
  Verifying: '🔎',
  Succeeded: '✅',
  Failed: '❌',
  Unknown: '❔',
};

/** How each repair of an incident stands, and what people can do besides; empty where there is nothing of that. */
export function repairsPart(
  { repairs }: Incident,
  { language, offer }: { readonly language: Language; readonly offer: Offer | undefined },
): string {
  const words = wordsOf(language);
  const rows = repairs.slice(-MOST.shown).map(repair => {
    const { playbook, summary, detail } = repair;
    return `${repairIcon(repair)} ${line(`${playbook}: ${repairState(repair, words)} – ${summary.replace(/\.$/, '')}. ${detail}`, MOST.repair)}`;
  });
  return [...rows, ...(offer ? [`${offerIcon(offer)} ${line(offerText(offer, words), MOST.offer)}`] : [])].join('\n');
}

export function repairIcon({ phase, waitsFor }: IncidentRepair): string {
  return waitsFor === 'people' ? '🙋' : ICONS[phase];
}

/** `failed, by mei` */
export function repairState({ phase, waitsFor, by }: IncidentRepair, { repairs }: Words): string {
  const stands = waitsFor === 'people' ? repairs.waitsForPeople : repairs.phase[phase];
  return by === undefined ? stands : `${stands}, ${repairs.by(by === 'gate' ? repairs.gate : by)}`;
}

export function offerText(offer: Offer, { repairs }: Words): string {
  return offer.is === 'suggestion' ? repairs.suggestion(offer.playbook, offer.summary) : repairs.people(offer.failed.join(', '));
}

function offerIcon({ is }: Offer): string {
  return is === 'suggestion' ? '💡' : '🆘';
}
