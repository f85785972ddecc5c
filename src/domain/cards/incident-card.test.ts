import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { incidentOf } from '../../../test/builders/telegram-world.ts';
import { checkedButtons, checkedText } from '../../../test/servers/telegram-content.ts';
import { RUN_PHASES } from '../../crds/repairrun/status.ts';
import { SEVERITIES } from '../alerts/alert.ts';
import type { Analysis, Incident } from '../incidents/incident.ts';
import type { Card } from '../ports/cards.ts';
import { approvalButtons } from './buttons.ts';
import { cardHash } from './card-hash.ts';
import { incidentCard } from './incident-card.ts';
import { verifiedPress } from './press-data.ts';
import { reminderCard } from './reminder-card.ts';
import { helpCard, repairCard } from './repair-card.ts';
import { stormCard } from './storm-card.ts';
import type { Language } from '../text/language.ts';

const NOW = new Date('2026-11-26T10:05:00.000Z');
const reopened = { at: NOW, what: 'reopened' as const, who: 'alertmanager' };
const BUTTONS = { secret: 'a-secret', chatId: '-100', silences: true };
const ANALYSIS: Analysis = {
  by: 'gpt-x',
  asked: 'model',
  rootCause: 'The log grew.',
  impact: 'Orders fail.',
  fix: 'rotate <logs> & restart',
  prevention: 'Watch it.',
  confidence: 0.85,
  at: NOW,
};

/** What people see of it, as the stand-in of Telegram reads it: it throws where Telegram would refuse. */
const seen = ({ html, buttons }: Card): string => {
  const keyboard = buttons.map(row => row.map(({ text, data }) => ({ text, callback_data: data })));
  checkedButtons({ reply_markup: { inline_keyboard: keyboard } });
  return checkedText({ text: html, parse_mode: 'HTML' }).text;
};
const shown = (incident: Incident, language: Language = 'en'): string =>
  seen(incidentCard(incident, { language, now: NOW, buttons: BUTTONS }));
const actions = (incident: Incident, over: Partial<typeof BUTTONS> = {}): (string | undefined)[] =>
  incidentCard(incident, { language: 'en', now: NOW, buttons: { ...BUTTONS, ...over } })
    .buttons.flat()
    .map(({ data }) => verifiedPress(data, '-100', ['a-secret'])?.action);

describe('a card says', () => {
  it.each<[string, Partial<Incident>, string | RegExp]>([
    ['the title of SigNoz', { source: 'signoz', name: 'HighLatency' }, /^📊 SigNoz: HighLatency\n/],
    ['the title of Alertmanager', { severity: 'critical' }, /^🔴 Alertmanager: DiskFull\n/],
    ['the title of Sentry', { source: 'sentry', name: 'TypeError: x', severity: 'error' }, /^🟠 Sentry: TypeError: x\n/],
    ['the severity', { severity: 'info' }, 'Severity: 🔵 info'],
    ['the description', { annotations: { description: 'a < b && c', summary: 'short' } }, '\na < b && c\n'],
    ['else the summary', { annotations: { description: ' ', summary: 'short' } }, '\nshort\n'],
    ['both, where they differ', { annotations: { description: 'a < b', summary: 'short & bold' } }, '\nshort & bold\na < b\n'],
    ['neither twice', { annotations: { description: 'same', summary: ' same' } }, /\n\nsame\n\n/],
    ['since when', { startedAt: new Date('2026-11-26T09:30:59Z') }, 'Status: open\nSince: 2026-11-26 09:30 UTC\n'],
    ['else when it opened', {}, 'Status: open\nOpened: 2026-11-26 10:00 UTC\n'],
    ['that it never came before', { frequency: { last1h: 1, last24h: 1, last7d: 1, last30d: 9 } }, 'Before this: first time in 7 days\n'],
    ['the lines of a description', { annotations: { description: 'one\n\n\ntwo' } }, '\none\ntwo\n'],
    ['the source', {}, 'Source: alertmanager'],
    ['where', {}, 'Where: namespace=shop · deployment=cart'],
    ['the id', { id: 'inc-07-abcdefghijklm' }, 'Incident: inc-07-abcdefghijklm'],
    ['how often before', {}, 'Before this: 2× in 1 h · 5× in 24 h · 9× in 7 d'],
    ['that it is open', {}, 'Status: open\n'],
    [
      'who acknowledged it',
      { status: 'acknowledged', timeline: [{ at: NOW, what: 'acknowledged', who: 'telegram:mia (5)' }] },
      'Status: acknowledged by telegram:mia (5)',
    ],
    ['who resolved it', { status: 'resolved', timeline: [{ at: NOW, what: 'resolved', who: 'token:ci' }] }, 'Status: resolved by token:ci'],
    ['that it resolved', { status: 'resolved', timeline: [{ at: NOW, what: 'resolved', who: 'alertmanager' }] }, 'Status: resolved\n'],
    ['that it opened again', { timeline: [{ at: NOW, what: 'reopened', who: 'alertmanager' }] }, 'Status: open again\n'],
    ['how often it opened again', { timeline: [reopened, reopened] }, 'Status: open again (2×)\n'],
    ['why it is kept open', { timeline: [{ at: NOW, what: 'resolution-held', who: 'operator', detail: 'no <b>' }] }, 'kept open: no <b>'],
    [
      'its silence',
      { silence: { id: 's', by: 'mia', endsAt: new Date('2026-11-26T11:00:00Z') } },
      '🔕 Silence: by mia until 2026-11-26 11:00 UTC',
    ],
    ['the analysis', { analysis: ANALYSIS }, 'Root cause: The log grew.\nFix: rotate <logs> & restart\nAnalysis by gpt-x, confidence 85%'],
    ['that no model was asked', { analysis: { ...ANALYSIS, asked: 'rules', by: 'rules' } }, 'By rules: no model was asked'],
    [
      'and why not',
      { analysis: { ...ANALYSIS, asked: 'rules', by: 'rules', because: 'No model was asked.', rootCause: 'It grew. No model was asked.' } },
      'Root cause: It grew.\nFix: rotate <logs> & restart\nBy rules: No model was asked.\n',
    ],
    ['its links', { links: { runbook: 'https://r/?a=1&b=2', generator: 'http://p/g' } }, '🔗 Runbook · Source of the alert'],
  ])('%s', (_, over, expected) => {
    const text = `${shown(incidentOf(over))}\n`;
    expect(text).toMatch(expected);
  });

  it('the recommendation, and why it was sent, where there is one', () => {
    const card = incidentCard(incidentOf(), { language: 'en', now: NOW, recommendation: 'restart <it>', heading: 'Escalated' });
    expect(seen(card)).toMatch(/^⏫ Escalated\n[^]*\nRecommendation: restart <it>$/);
  });

  it('all of it in Chinese', () => {
    const text = shown(incidentOf({ severity: 'critical', analysis: { ...ANALYSIS, asked: 'rules' } }), 'zh-TW');
    expect(text).toContain('嚴重程度: 🔴 嚴重');
    expect(text).toContain('先前發生: 1 小時內 2 次 · 24 小時內 5 次 · 7 天內 9 次');
    expect(text).toContain('未詢問任何模型');
    const frequency = { last1h: 1, last24h: 1, last7d: 1, last30d: 1 };
    const first = shown(incidentOf({ frequency, startedAt: new Date('2026-11-26T09:30:00Z') }), 'zh-TW');
    expect(first).toContain('開始時間: 2026-11-26 17:30 台北');
    expect(first).toContain('先前發生: 7 天內首次發生');
  });

  it('no secret that an alert carries', () => {
    const text = shown(incidentOf({ annotations: { description: 'see https://a:password1@host and Bearer abcdefghijk' } }));
    expect(text).not.toMatch(/password1|abcdefghijk/);
  });

  it('the same whatever the time, and else another hash', () => {
    const incident = incidentOf();
    const at = (now: Date): string => cardHash(incidentCard(incident, { language: 'en', now, buttons: BUTTONS }));
    expect(at(NOW)).toBe(at(new Date(NOW.getTime() + 86_400_000)));
    const other = cardHash(incidentCard({ ...incident, status: 'resolved' }, { language: 'en', now: NOW, buttons: BUTTONS }));
    expect(other).not.toBe(at(NOW));
  });

  it('nothing aloud where nobody needs to be woken', () => {
    const quiet = SEVERITIES.filter(severity => incidentCard(incidentOf({ severity }), { language: 'en', now: NOW }).quiet === true);
    expect(quiet).toEqual(['info', 'none']);
  });
});

describe('its buttons', () => {
  const silence = { id: 's', by: 'mia', endsAt: new Date('2026-11-26T11:00:00Z') };

  it.each<[string, Partial<Incident>, Partial<typeof BUTTONS>, string[]]>([
    ['open', {}, {}, ['acknowledge', 'silence-1h', 'silence-4h']],
    ['acknowledged', { status: 'acknowledged' }, {}, ['silence-1h', 'silence-4h']],
    ['silenced', { silence }, {}, ['acknowledge', 'unsilence']],
    ['silenced until a while ago', { silence: { ...silence, endsAt: NOW } }, {}, ['acknowledge', 'silence-1h', 'silence-4h']],
    ['resolved', { status: 'resolved', silence }, {}, []],
    ['without an Alertmanager', {}, { silences: false }, ['acknowledge']],
    ['of SigNoz', { source: 'signoz' }, {}, ['acknowledge']],
    ['of Sentry', { source: 'sentry' }, {}, ['acknowledge']],
    [
      'of a broken chain, which bears the labels of its Watchdog',
      { name: 'AlertChainBroken', labels: { alertname: 'Watchdog' } },
      {},
      ['acknowledge'],
    ],
  ])('when it is %s', (_, over, buttons, expected) => {
    expect(actions(incidentOf(over), buttons)).toEqual(expected);
  });

  it('approve and reject where something waits for it', () => {
    const rows = approvalButtons('apr-0123456789abcdef0123456789abcdef', { language: 'en', buttons: BUTTONS });
    expect(rows.flat().map(({ data }) => verifiedPress(data, '-100', ['a-secret'])?.action)).toEqual(['approve', 'reject']);
    expect(rows.flat().every(({ data }) => Buffer.byteLength(data) <= 64)).toBe(true);
  });
});

describe('whatever an incident holds', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 5000 }),
    fc
      .array(fc.constantFrom('<', '>', '&', '"', '</b>', '&amp', '😀', '\ud800', '\n', '\u202e', 'a'), { maxLength: 4000 })
      .map(parts => parts.join('')),
  );
  const url = fc.oneof(
    fc.webUrl(),
    text,
    fc.string({ maxLength: 5000 }).map(path => `https://h/${path}"&<`),
  );
  const incident = fc.record({
    name: text,
    severity: fc.constantFrom(...SEVERITIES),
    source: fc.constantFrom('alertmanager' as const, 'signoz' as const, 'sentry' as const),
    status: fc.constantFrom('open' as const, 'acknowledged' as const, 'resolved' as const),
    annotations: fc.record({ description: text, summary: text }),
    labels: fc.record({ namespace: text, deployment: text, cluster: text, pod: text, service: text, instance: text, environment: text }),
    links: fc.record({ generator: url, runbook: url, signozRule: url, sentryIssue: url }),
    analysis: fc.record({
      by: text,
      asked: fc.constantFrom('model' as const, 'rules' as const),
      because: text,
      rootCause: text,
      impact: text,
      fix: text,
      prevention: text,
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
      at: fc.constant(NOW),
    }),
    silence: fc.record({ id: text, by: text, endsAt: fc.constant(new Date('2026-11-26T11:00:00Z')) }),
    repairs: fc.array(
      fc.record({
        approvalId: fc.constant('rr-1'),
        run: text,
        playbook: text,
        summary: text,
        tier: fc.integer(),
        phase: fc.constantFrom(...RUN_PHASES),
        detail: text,
        waitsFor: fc.constantFrom('approval' as const, 'people' as const),
        by: text,
        expiresAt: fc.constant(NOW),
        updatedAt: fc.constant(NOW),
      }),
      { maxLength: 5 },
    ),
    timeline: fc.array(
      fc.record({
        at: fc.constant(NOW),
        what: fc.constantFrom('acknowledged' as const, 'resolved' as const, 'resolution-held' as const),
        who: text,
        detail: text,
      }),
      { maxLength: 2 },
    ),
  });

  it('its card is never refused, and never near the limits', () => {
    fc.assert(
      fc.property(incident, text, text, (over, heading, recommendation) => {
        const offer = { is: 'suggestion', playbook: heading, summary: recommendation, tier: 1, mark: '0a1b2c3d' } as const;
        for (const language of ['en', 'zh-TW'] as const) {
          const more = { heading, recommendation, offer, continued: true };
          const card = incidentCard(incidentOf(over), { language, now: NOW, buttons: BUTTONS, ...more });
          expect(Array.from(seen(card)).length).toBeLessThanOrEqual(3500);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('nor is that of an incident of which everything is long', () => {
    const long = 'w '.repeat(3000);
    const labels = { namespace: long, deployment: long, cluster: long, pod: long, service: long, instance: long };
    const analysis = { ...ANALYSIS, by: long, asked: 'rules' as const, because: long, rootCause: long, fix: long };
    const repair = { approvalId: 'rr-1', run: long, playbook: long, summary: long, tier: 1, detail: long, by: long, updatedAt: NOW };
    const repairs = [1, 2, 3, 4].map(() => ({ ...repair, phase: 'Failed' as const }));
    const offer = { is: 'suggestion', playbook: long, summary: long, tier: 1, mark: '0a1b2c3d' } as const;
    const silence = { id: 's', by: long, endsAt: new Date('2026-11-26T11:00:00Z') };
    const timeline = [{ at: NOW, what: 'resolution-held' as const, who: long, detail: long }];
    const incident = incidentOf({
      name: long,
      annotations: { description: `${long}x`, summary: long },
      labels,
      analysis,
      silence,
      timeline,
    });
    const most = { now: NOW, buttons: BUTTONS, heading: long, recommendation: long, continued: true };
    for (const language of ['en', 'zh-TW'] as const) {
      const cards = [incidentCard(incident, { language, ...most }), incidentCard({ ...incident, repairs }, { language, offer, ...most })];
      for (const card of cards) expect(Array.from(seen(card)).length).toBeLessThanOrEqual(3500);
    }
  });

  it('nor are the messages about its repairs', () => {
    fc.assert(
      fc.property(incident, text, (over, name) => {
        for (const repair of over.repairs) {
          const card = repairCard(incidentOf(over), repair, { language: 'zh-TW', buttons: BUTTONS });
          expect(Array.from(seen(card)).length).toBeLessThanOrEqual(3500);
        }
        seen(helpCard(incidentOf(over), { is: 'people', failed: [name, name] }, { language: 'en' }));
      }),
      { numRuns: 100 },
    );
  });

  it('nor are the reminder and the card of a storm', () => {
    fc.assert(
      fc.property(incident, fc.array(text, { maxLength: 40 }), (over, names) => {
        seen(reminderCard(incidentOf(over), { language: 'en' }));
        const byName = new Map(names.map((name, n) => [name, n]));
        const counts = { total: 1000, bySeverity: { warning: 900, info: 100 }, byName };
        expect(Array.from(seen(stormCard(counts, 'zh-TW'))).length).toBeLessThanOrEqual(3500);
      }),
      { numRuns: 100 },
    );
  });
});
