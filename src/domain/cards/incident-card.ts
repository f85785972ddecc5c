import type { Severity } from '../alerts/alert.ts';
import type { Analysis, Incident } from '../incidents/incident.ts';
import type { Offer } from '../playbook/offer.ts';
import type { Card } from '../ports/cards.ts';
import { type ButtonsFor, incidentButtons, isSilenced } from './buttons.ts';
import { bold, escaped, line, lines, link } from './html.ts';
import { shownTime, wordsOf } from './language.ts';
import { repairsPart } from './repair-lines.ts';
import type { Language } from '../text/language.ts';
import type { Words } from './words.ts';

export interface CardOptions {
  readonly language: Language;
  readonly now: Date;
  readonly buttons?: ButtonsFor;
  /** What would repair it, one sentence. */
  readonly recommendation?: string;
  /** What people can do about it, where the operator does nothing. */
  readonly offer?: Offer;
  /** Stands above everything else, where the card is sent for a reason of its own. */
  readonly heading?: string;
  /** By a newer card, of which this one then tells. */
  readonly continued?: boolean;
}

/** Characters, which together stay below 3,500 whatever an incident holds: Telegram takes 4,096, and lets long messages through more slowly. */
const MOST = {
  heading: 120,
  name: 150,
  summary: 150,
  description: 700,
  where: 60,
  who: 60,
  reason: 200,
  cause: 400,
  fix: 500,
  recommendation: 250,
} as const;

/** Of a card that tells of repairs as well. */
const MOST_BESIDE_REPAIRS = { description: 350, fix: 280 } as const;

const ICONS: Readonly<Record<Severity, string>> = { critical: '🔴', error: '🟠', warning: '🟡', info: '🔵', none: '⚪' };

/** The labels that say where it is, beside the name of the workload. */
const PLACES = ['cluster', 'namespace', 'deployment', 'statefulset', 'daemonset', 'service', 'pod', 'instance', 'project', 'environment'];

/** An incident as it is now, for people. The same incident gives the same text, whatever the time, until its silence ends. */
export function incidentCard(incident: Incident, options: CardOptions): Card {
  const { language, now, buttons, recommendation, heading, offer, continued = false } = options;
  const words = wordsOf(language);
  const repairs = repairsPart(incident, { language, offer });
  const most = repairs === '' ? MOST : MOST_BESIDE_REPAIRS;
  const parts = [
    continued ? `⏩ ${bold(escaped(words.continued))}` : '',
    heading === undefined ? '' : `⏫ ${bold(line(heading, MOST.heading))}`,
    title(incident),
    facts(incident, options),
    quoted(incident, most.description),
    about(incident, words),
    incident.analysis ? analysisPart(incident.analysis, { words, mostFix: most.fix }) : '',
    recommendation === undefined ? '' : labelled(words.labels.recommendation, line(recommendation, MOST.recommendation)),
    repairs,
    linksPart(incident, words),
  ];
  return {
    html: parts.filter(part => part !== '').join('\n\n'),
    buttons: buttons
      ? incidentButtons(incident, { language, now, buttons, mark: offer?.is === 'suggestion' ? offer.mark : undefined })
      : [],
    ...((incident.severity === 'info' || incident.severity === 'none') && { quiet: true }),
  };
}

/** In one line, for lists and reminders. */
export function titleText({ source, name, severity }: Pick<Incident, 'source' | 'name' | 'severity'>): string {
  if (source === 'signoz') return `📊 SigNoz: ${name}`;
  return source === 'sentry' ? `${ICONS[severity]} Sentry: ${name}` : `${ICONS[severity]} Alertmanager: ${name}`;
}

function title(incident: Incident): string {
  return bold(line(titleText(incident), MOST.name));
}

function facts(incident: Incident, { language, now }: CardOptions): string {
  const words = wordsOf(language);
  const { silence, startedAt, openedAt } = incident;
  const since = labelled(startedAt ? words.labels.since : words.labels.opened, escaped(shownTime(startedAt ?? openedAt, language)));
  const rows = [
    labelled(words.labels.severity, `${ICONS[incident.severity]} ${words.severity[incident.severity]}`),
    labelled(words.labels.status, line(statusText(incident, words), MOST.reason)),
  ];
  if (silence && isSilenced(incident, now)) {
    rows.push(
      labelled(`🔕 ${words.labels.silence}`, line(words.silence(cut(silence.by), shownTime(silence.endsAt, language)), MOST.reason)),
    );
  }
  return [...rows, since].join('\n');
}

function statusText({ status, timeline }: Incident, words: Words): string {
  const whoLast = (what: string): string | undefined => timeline.findLast(entry => entry.what === what)?.who;
  if (status === 'acknowledged') return words.status.acknowledged(cut(whoLast('acknowledged') ?? '?'));
  if (status === 'resolved') return words.status.resolved(person(whoLast('resolved')));
  const held = timeline.at(-1);
  if (held?.what === 'resolution-held') return words.status.held(held.detail ?? '');
  const times = timeline.filter(({ what }) => what === 'reopened').length;
  return times > 0 ? words.status.reopened(times) : words.status.open;
}

/** Of a resolution that came by itself nobody asks who did it. */
function person(who: string | undefined): string | undefined {
  const byItself = who === undefined || ['operator', 'alertmanager', 'signoz', 'sentry'].includes(who);
  return byItself ? undefined : cut(who);
}

function quoted({ annotations }: Incident, most: number): string {
  const [description = '', summary = '', message = ''] = ['description', 'summary', 'message'].map(name => annotations[name]?.trim());
  const text = lines(description || summary || message, most);
  return description && summary && summary !== description ? `${bold(line(summary, MOST.summary))}\n${text}` : text;
}

function about({ id, source, labels, frequency: { last1h, last24h, last7d } }: Incident, words: Words): string {
  const places = PLACES.flatMap(name => (labels[name] ? [line(`${name}=${labels[name]}`, MOST.where)] : [])).slice(0, 6);
  // The windows hold the newest occurrence too.
  const [hour, day, week] = [earlier(last1h), earlier(last24h), earlier(last7d)];
  const before = hour + day + week === 0 ? words.neverBefore : words.before({ hour, day, week });
  return [
    labelled(words.labels.source, escaped(source)),
    ...(places.length > 0 ? [labelled(words.labels.where, places.join(' · '))] : []),
    labelled(words.labels.before, escaped(before)),
    labelled(words.labels.incident, `<code>${line(id, MOST.where)}</code>`),
  ].join('\n');
}

function earlier(count: number): number {
  return Math.max(0, count - 1);
}

function analysisPart(analysis: Analysis, { words, mostFix }: { readonly words: Words; readonly mostFix: number }): string {
  const { asked, by, because, rootCause, fix, confidence } = analysis;
  const byRules = because === undefined ? words.analysisByRules : words.analysisByRulesBecause(cut(because, MOST.reason));
  const byWhom = asked === 'model' ? words.analysisByModel(cut(by), Math.round(confidence * 100)) : byRules;
  // The rules say that at the end of the cause too, for comments, which have no such line.
  const cause = because !== undefined && rootCause.endsWith(because) ? rootCause.slice(0, -because.length).trimEnd() : rootCause;
  return [
    `🧠 ${labelled(words.labels.rootCause, lines(cause, MOST.cause))}`,
    labelled(words.labels.fix, lines(fix, mostFix)),
    `<i>${escaped(byWhom)}</i>`,
  ].join('\n');
}

function linksPart({ links }: Incident, words: Words): string {
  const all = (['runbook', 'signozRule', 'sentryIssue', 'generator'] as const).flatMap(name => {
    const url = links[name];
    return (url === undefined ? undefined : link(words.links[name], url)) ?? [];
  });
  return all.length === 0 ? '' : `🔗 ${all.join(' · ')}`;
}

function labelled(label: string, html: string): string {
  return `${bold(`${escaped(label)}:`)} ${html}`;
}

function cut(text: string, most: number = MOST.who): string {
  return Array.from(text.toWellFormed()).slice(0, most).join('');
}
