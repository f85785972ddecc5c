import type { Incident, IncidentRepair } from '../incidents/incident.ts';
import { isUnderWay } from '../incidents/repairs.ts';
import type { Offer } from '../playbook/offer.ts';
import type { Card } from '../ports/cards.ts';
import type { Language } from '../text/language.ts';
import { approvalButtons, type ButtonsFor, peopleButtons } from './buttons.ts';
import { bold, escaped, line, lines } from './html.ts';
import { titleText } from './incident-card.ts';
import { shownTime, wordsOf } from './language.ts';
import { offerText, repairIcon, repairState } from './repair-lines.ts';

export interface RepairCardOptions {
  readonly language: Language;
  readonly buttons?: Omit<ButtonsFor, 'silences'>;
  /** The incident's card. */
  readonly replyTo?: number;
  /** Without a sound. */
  readonly quiet?: boolean;
}

const MOST = { state: 150, name: 200, playbook: 260, summary: 500, detail: 700 } as const;

/** A repair as it is now, for those who decide about it: with buttons while it waits for them. */
export function repairCard(incident: Incident, repair: IncidentRepair, { language, buttons, ...options }: RepairCardOptions): Card {
  const words = wordsOf(language);
  const { playbook, tier, summary, detail, expiresAt } = repair;
  const parts = [
    `${repairIcon(repair)} ${bold(line(repairState(repair, words), MOST.state))}`,
    line(titleText(incident), MOST.name),
    [
      row(words.repairs.playbook, line(`${playbook} (${words.repairs.tier(tier)})`, MOST.playbook)),
      row(words.repairs.what, lines(summary, MOST.summary)),
      ...(expiresAt && repair.waitsFor ? [row(words.repairs.until, escaped(shownTime(expiresAt, language)))] : []),
      row(words.labels.incident, `<code>${line(incident.id, MOST.name)}</code>`),
    ].join('\n'),
    lines(detail, MOST.detail),
  ];
  return {
    html: parts.filter(part => part !== '').join('\n\n'),
    buttons: buttons ? buttonsOf(repair, { language, buttons }) : [],
    ...options,
  };
}

function row(label: string, html: string): string {
  return `${bold(`${escaped(label)}:`)} ${html}`;
}

function buttonsOf(repair: IncidentRepair, of: { language: Language; buttons: Omit<ButtonsFor, 'silences'> }): Card['buttons'] {
  if (!isUnderWay(repair) || repair.waitsFor === undefined) return [];
  return repair.waitsFor === 'approval' ? approvalButtons(repair.approvalId, of) : peopleButtons(repair.approvalId, of);
}

/** Calls people, with a sound, when no repair is left. */
export function helpCard(
  incident: Incident,
  offer: Extract<Offer, { is: 'people' }>,
  { language, ...options }: Omit<RepairCardOptions, 'buttons'>,
): Card {
  const words = wordsOf(language);
  const parts = [
    `🆘 ${bold(line(offerText(offer, words), MOST.detail))}`,
    line(titleText(incident), MOST.name),
    `${escaped(words.labels.incident)}: <code>${line(incident.id, MOST.name)}</code>`,
  ];
  return { html: parts.join('\n'), buttons: [], ...options };
}
