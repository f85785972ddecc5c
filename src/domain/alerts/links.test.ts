import { expect, it } from 'vitest';
import { linksOf, webUrl } from './links.ts';

const RULE = 'https://signoz.example.test/alerts/overview?ruleId=1';

it.each([
  [
    'the generator and the runbook',
    { generatorURL: 'http://prom:9090/graph?g0.expr=up', annotations: { runbook_url: 'https://runbooks.test/up' } },
    {
      generator: 'http://prom:9090/graph?g0.expr=up',
      runbook: 'https://runbooks.test/up',
    },
  ],
  ['SigNoz’s rule by its label', { source: 'signoz' as const, labels: { ruleSource: RULE, ruleId: '1' } }, { signozRule: RULE }],
  [
    'SigNoz’s rule by the generator',
    { source: 'signoz' as const, labels: { ruleId: '1' }, generatorURL: RULE },
    { generator: RULE, signozRule: RULE },
  ],
  ['no rule of SigNoz in what Alertmanager sent', { labels: { ruleSource: RULE } }, {}],
  [
    'the page of a Sentry issue',
    { source: 'sentry' as const, sentryIssue: 'https://sentry.test/issues/42/' },
    { sentryIssue: 'https://sentry.test/issues/42/' },
  ],
  ['nothing in what is empty or relative', { generatorURL: '', annotations: { runbook_url: '/up' } }, {}],
])('finds %s', (_, given, expected) => {
  expect(linksOf({ source: 'alertmanager', labels: {}, annotations: {}, ...given })).toEqual(expected);
});

it.each([
  ['javascript:alert(1)', undefined],
  ['ftp://host/x', undefined],
  ['//host/x', undefined],
  ['http://', undefined],
  ['https://user:password@host/x', undefined],
  [`https://host/${'x'.repeat(5000)}`, undefined],
  ['HTTPS://Host/a b"<c>', 'https://host/a%20b%22%3Cc%3E'],
])('makes of %j %j', (text, url) => {
  expect(webUrl(text)).toBe(url);
});
