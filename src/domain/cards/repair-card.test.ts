import { describe, expect, it } from 'vitest';
import { incidentOf, OPENED } from '../../../test/builders/telegram-world.ts';
import { checkedButtons, checkedText } from '../../../test/servers/telegram-content.ts';
import type { Incident, IncidentRepair } from '../incidents/incident.ts';
import type { Offer } from '../playbook/offer.ts';
import type { Card } from '../ports/cards.ts';
import type { Language } from '../text/language.ts';
import { incidentCard } from './incident-card.ts';
import { verifiedPress } from './press-data.ts';
import { helpCard, repairCard } from './repair-card.ts';

const BUTTONS = { secret: 'a-secret', chatId: '-100', silences: false };
const WAITS: IncidentRepair = {
  approvalId: 'rr-0123456789abcdef0123',
  run: 'shop/restart-cart-1',
  playbook: 'restart-cart',
  summary: 'restart_pod of Deployment cart',
  tier: 1,
  phase: 'AwaitingApproval',
  detail: 'one of <mei> & omar',
  waitsFor: 'approval',
  expiresAt: new Date('2026-11-26T10:30:00Z'),
  updatedAt: OPENED,
};
const SUGGESTED: Offer = { is: 'suggestion', playbook: 'scale-cart', summary: 'scale_up of Deployment cart', tier: 2, mark: '0a1b2c3d' };
const { waitsFor: _, expiresAt: __, ...MOVED } = WAITS;

/** As the stand-in of Telegram reads it: it throws where Telegram would refuse. */
const seen = ({ html, buttons }: Card): string => {
  const keyboard = buttons.map(row => row.map(({ text, data }) => ({ text, callback_data: data })));
  checkedButtons({ reply_markup: { inline_keyboard: keyboard } });
  return checkedText({ text: html, parse_mode: 'HTML' }).text;
};
const wishes = ({ buttons }: Card) => buttons.flat().map(({ data }) => verifiedPress(data, '-100', ['a-secret']));
const onCard = (over: Partial<Incident>, offer?: Offer, language: Language = 'en'): Card =>
  incidentCard(incidentOf(over), { language, now: OPENED, buttons: BUTTONS, ...(offer && { offer }) });

const card = (over: Partial<IncidentRepair> = {}): Card =>
  repairCard(incidentOf(), { ...WAITS, ...over }, { language: 'en', buttons: BUTTONS, replyTo: 7 });

describe('a card tells of', () => {
  it.each<[string, Partial<IncidentRepair>, string]>([
    ['one that waits', {}, '⏳ restart-cart: waits for approval – restart_pod of Deployment cart. one of <mei> & omar'],
    ['one that somebody let run', { phase: 'Running', by: 'mei' }, '🛠 restart-cart: running, by mei –'],
    ['one that runs by what was learned', { phase: 'Running', by: 'gate' }, '🛠 restart-cart: running, by what was learned –'],
    ['one that people do themselves', { phase: 'Running', waitsFor: 'people' }, '🙋 restart-cart: waits for people –'],
    ['one that helped', { phase: 'Succeeded' }, '✅ restart-cart: succeeded –'],
    ['one that failed', { phase: 'Failed' }, '❌ restart-cart: failed –'],
    ['a dry run', { phase: 'DryRun' }, '🧪 restart-cart: tried without doing it –'],
  ])('%s', (_, over, line) => {
    expect(seen(onCard({ repairs: [{ ...WAITS, ...over }] }))).toContain(`\n\n${line}`);
  });

  it('the newest three of many', () => {
    const repairs = Array.from({ length: 5 }, (_, n) => ({ ...WAITS, playbook: `p${n}` }));
    expect(seen(onCard({ repairs })).match(/p\d(?=: waits)/g)).toEqual(['p2', 'p3', 'p4']);
  });

  it('what could be done, with a button that proposes just that', () => {
    const incident = { id: 'inc-07-abcdefghijklm' };
    const offering = onCard(incident, SUGGESTED);
    expect(seen(offering)).toContain('💡 Suggested repair: scale-cart (scale_up of Deployment cart)');
    expect(wishes(offering).at(-1)).toEqual({ action: 'propose', subject: 'inc-07-abcdefghijklm-0a1b2c3d', chatId: '-100' });
    expect(wishes(onCard({ status: 'resolved' }, SUGGESTED))).toEqual([]);
  });

  it('that people are called, when nothing is left', () => {
    const calling = onCard({}, { is: 'people', failed: ['a', 'b'] });
    expect(seen(calling)).toContain('🆘 No repair is left (failed: a, b). Somebody has to look at it.');
    expect(wishes(calling).map(wish => wish?.action)).toEqual(['acknowledge']);
  });

  it('all that in Chinese', () => {
    const text = seen(onCard({ repairs: [{ ...WAITS, by: 'mei' }] }, SUGGESTED, 'zh-TW'));
    expect(text).toContain('⏳ restart-cart: 等待核准, 由 mei');
    expect(text).toContain('建議修復：scale-cart');
  });

  it('nothing where there is nothing', () => {
    expect(seen(onCard({}))).not.toMatch(/repair/i);
  });
});

describe('a message about a repair', () => {
  it('says what would be done, why it waits and until when, in answer to the card', () => {
    const text = seen(card());
    expect(text).toMatch(/^⏳ waits for approval\n\n🟡 Alertmanager: DiskFull\n\nPlaybook: restart-cart \(tier 1\)\n/);
    expect(text).toMatch(
      /\nWhat is done: restart_pod of Deployment cart\nUntil: 2026-11-26 10:30 UTC\nIncident: inc-07-\d+\n\none of <mei> & omar$/,
    );
    expect(card().replyTo).toBe(7);
  });

  it('has the buttons of what it waits for, which name the run alone', () => {
    const subject = WAITS.approvalId;
    expect(wishes(card())).toMatchObject([
      { action: 'approve', subject },
      { action: 'reject', subject },
    ]);
    expect(wishes(card({ phase: 'Running', waitsFor: 'people' }))).toMatchObject([
      { action: 'done', subject },
      { action: 'did-not-help', subject },
    ]);
  });

  it('has none once it waits for nobody', () => {
    const running = repairCard(incidentOf(), { ...MOVED, phase: 'Running', by: 'mei' }, { language: 'en', buttons: BUTTONS });
    expect([wishes(running), seen(running).split('\n')[0]]).toEqual([[], '🛠 running, by mei']);
    expect(wishes(card({ phase: 'Expired' }))).toEqual([]);
  });

  it('makes a sound, as does the call for people', () => {
    const help = helpCard(incidentOf({ severity: 'info' }), { is: 'people', failed: ['a'] }, { language: 'en', replyTo: 7 });
    expect([card().quiet, help.quiet, help.replyTo]).toEqual([undefined, undefined, 7]);
    expect(seen(help)).toMatch(/^🆘 No repair is left \(failed: a\)/);
  });
});
