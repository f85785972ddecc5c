import { expect, it } from 'vitest';
import { RULE_FINALIZER, type SignozAlertRule } from '../../crds/signozalertrule/kind.ts';
import { parseSignozAlertRule } from '../../crds/signozalertrule/parse.ts';
import type { Wanted } from '../../domain/rule/wanted-rule.ts';
import { Wishes } from './wishes.ts';

function rule({ uid = 'first', generation = 1, alias = 'API errors', claimed = true } = {}): SignozAlertRule {
  const promql = { expr: 'up == 0', channels: ['ops'] };
  const parsed = parseSignozAlertRule({
    apiVersion: 'awoooi.io/v1alpha1',
    kind: 'SignozAlertRule',
    metadata: { name: 'errors', namespace: 'team', uid, generation, finalizers: claimed ? [RULE_FINALIZER] : [] },
    spec: { name: alias, promql },
  });
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));
  return parsed.object;
}

function counted() {
  const asked: string[] = [];
  const wishes = new Wishes(({ spec }): Wanted => {
    const name = spec.name ?? '';
    asked.push(name);
    if (name === 'bad') return { ok: false, reason: 'InvalidQuery', message: 'The query is none.' };
    const description = name.endsWith(' huge') ? { description: 'x'.repeat(10_000) } : {};
    return { ok: true, name, body: { alert: name, ...description }, normal: { alert: name }, hash: `hash of ${name}`, channels: ['ops'] };
  });
  return { asked, wishes };
}

it('works out a rule once for each generation of its object', () => {
  const { asked, wishes } = counted();
  for (let look = 0; look < 3; look += 1)
    expect(wishes.of(rule())).toMatchObject({ name: 'API errors', hash: 'hash of API errors', channels: ['ops'] });
  expect(asked).toEqual(['API errors']);
  expect(wishes.of(rule({ generation: 2, alias: 'Errors' }))).toMatchObject({ hash: 'hash of Errors' });
  expect(wishes.of(rule({ generation: 2, alias: 'Errors' }))).toMatchObject({ hash: 'hash of Errors' });
  expect(asked).toEqual(['API errors', 'Errors']);
});

it('takes an object that was made again for another one', () => {
  const { wishes } = counted();
  wishes.of(rule());
  expect(wishes.of(rule({ uid: 'second', alias: 'Errors' }))).toMatchObject({ hash: 'hash of Errors' });
});

it('has the rule itself for whoever writes it, once for each turn', () => {
  const { asked, wishes } = counted();
  wishes.of(rule());
  const again = wishes.of(rule());
  if (!again.ok) throw new Error(again.message);
  expect([again.body, again.normal, again.body]).toEqual([{ alert: 'API errors' }, { alert: 'API errors' }, { alert: 'API errors' }]);
  expect(asked).toHaveLength(2);
});

it('works out the rule of a new object once for the turn that claims it and the one that writes it', () => {
  const { asked, wishes } = counted();
  const looks = [rule({ claimed: false }), rule({ claimed: false }), rule()].map(look => wishes.of(look));
  expect(looks.map(wanted => wanted.ok && wanted.body)).toEqual(Array.from({ length: 3 }, () => ({ alert: 'API errors' })));
  expect(asked).toHaveLength(1);
  const later = wishes.of(rule());
  expect(later.ok && later.body).toEqual({ alert: 'API errors' });
  expect(asked).toHaveLength(2);
});

it('does not keep a huge rule whole', () => {
  const { asked, wishes } = counted();
  for (let look = 0; look < 2; look += 1) {
    const wanted = wishes.of(rule({ claimed: false, alias: 'Something huge' }));
    expect(wanted.ok && wanted.body['alert']).toBe('Something huge');
  }
  expect(asked).toHaveLength(2);
});

it('says each time why a rule cannot be worked out', () => {
  const { wishes } = counted();
  wishes.of(rule());
  for (let look = 0; look < 2; look += 1) {
    expect(wishes.of(rule({ generation: 2, alias: 'bad' }))).toMatchObject({ ok: false, reason: 'InvalidQuery' });
  }
});

it('keeps nothing of what is forgotten', () => {
  const { asked, wishes } = counted();
  wishes.of(rule());
  wishes.forget('team/errors');
  wishes.of(rule());
  wishes.clear();
  wishes.of(rule());
  expect(asked).toHaveLength(3);
});
