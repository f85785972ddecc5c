import { describe, expect, it } from 'vitest';
import type { PrometheusSender } from '../alerts/alert.ts';
import { type IncomingAlert, nonceOf } from './alert.ts';
import { noncesIn } from './nonces-in.ts';
import { recognise } from './recognise.ts';
import { unquoteReceiver } from './receiver.ts';

const LIVE = 'abcdefghijklmnopqrstuvwxy7';
const DEAD = 'zzzzzzzzzzzzzzzzzzzzzzzzzz';
const SUMMARY = 'Test alert fired from SigNoz';

const alert = (labels: Record<string, string>, annotations: Record<string, string> = {}): IncomingAlert => ({
  status: 'firing',
  labels,
  annotations,
});
const marked = (labels: Record<string, string>) => alert({ alertname: 'Drill', awoooi_drill: 'true', ...labels });
const channelTest = (name: string, summary = SUMMARY) => alert({ alertname: `Test Alert (${name})`, severity: 'critical' }, { summary });

const rows: [string, IncomingAlert, PrometheusSender, object][] = [
  ['a Watchdog', alert({ alertname: 'Watchdog', severity: 'none' }), 'alertmanager', { is: 'watchdog' }],
  ['a Watchdog at any severity', alert({ alertname: 'Watchdog', severity: 'critical' }), 'alertmanager', { is: 'watchdog' }],
  ['a Watchdog with a drill marker', marked({ alertname: 'Watchdog', awoooi_nonce: LIVE }), 'alertmanager', { is: 'watchdog' }],
  [
    'no Watchdog in a canary of that name: we sent it, not Prometheus',
    marked({ alertname: 'Watchdog', awoooi_canary: 'true', awoooi_nonce: LIVE, severity: 'none' }),
    'alertmanager',
    { is: 'canary', nonce: LIVE },
  ],
  [
    'no Watchdog in a canary that carries SigNoz’s label for one',
    marked({ awoooi_watchdog: 'true', awoooi_canary: 'true', awoooi_nonce: LIVE }),
    'signoz',
    { is: 'canary', nonce: LIVE },
  ],
  [
    'a Watchdog that carries an old canary’s marks',
    marked({ alertname: 'Watchdog', awoooi_canary: 'true', awoooi_nonce: DEAD }),
    'alertmanager',
    { is: 'watchdog' },
  ],
  ['a rule of another name', alert({ alertname: 'Watchdogs' }), 'alertmanager', { is: 'real' }],
  ['a labelled SigNoz rule', alert({ alertname: 'pulse', awoooi_watchdog: 'true', severity: 'info' }), 'signoz', { is: 'watchdog' }],
  ['a labelled SigNoz rule without severity', alert({ alertname: 'pulse', awoooi_watchdog: 'true' }), 'signoz', { is: 'watchdog' }],
  ['a labelled rule that pages', alert({ alertname: 'x', awoooi_watchdog: 'true', severity: 'critical' }), 'signoz', { is: 'real' }],
  ['the label from Alertmanager', alert({ alertname: 'x', awoooi_watchdog: 'true', severity: 'none' }), 'alertmanager', { is: 'real' }],
  ['a Watchdog without data', alert({ alertname: 'Watchdog', nodata: 'true' }), 'signoz', { is: 'real' }],
  ['a test of the Watchdog rule', alert({ alertname: 'pulse', awoooi_watchdog: 'true', testalert: 'true' }), 'signoz', { is: 'rule-test' }],
  ['a test of a rule', alert({ alertname: 'Disk_TEST_ALERT', testalert: 'true', severity: 'critical' }), 'signoz', { is: 'rule-test' }],
  ['the label of such a test from Alertmanager', alert({ alertname: 'Disk', testalert: 'true' }), 'alertmanager', { is: 'real' }],
  ['a channel test', channelTest('ops-hook'), 'signoz', { is: 'channel-test' }],
  ['a channel test that SigNoz sends to the other route', channelTest('ops-hook'), 'alertmanager', { is: 'channel-test' }],
  ['a channel test with our nonce', channelTest(`awoooi-canary-${LIVE}`), 'signoz', { is: 'channel-test', nonce: LIVE }],
  ['a channel test with an old nonce', channelTest(`awoooi-canary-${DEAD}`), 'signoz', { is: 'channel-test' }],
  ['a channel test with another summary', channelTest('ops-hook', 'Disk full'), 'signoz', { is: 'real' }],
  ['the summary under another name', alert({ alertname: 'Disk' }, { summary: SUMMARY }), 'signoz', { is: 'real' }],
  ['a canary', marked({ awoooi_canary: 'true', awoooi_nonce: LIVE, severity: 'none' }), 'alertmanager', { is: 'canary', nonce: LIVE }],
  [
    'a canary on the way of real alerts',
    marked({ awoooi_canary: 'true', awoooi_nonce: LIVE, severity: 'critical' }),
    'alertmanager',
    { is: 'canary', nonce: LIVE },
  ],
  ['a direct drill', marked({ awoooi_nonce: LIVE }), 'alertmanager', { is: 'drill', nonce: LIVE }],
  ['a forged marker at severity critical', marked({ awoooi_nonce: DEAD, severity: 'critical' }), 'alertmanager', { is: 'real' }],
  ['a forged marker without severity', marked({ awoooi_nonce: DEAD }), 'alertmanager', { is: 'real' }],
  ['a forged canary at severity warning', marked({ awoooi_canary: 'true', severity: 'warning' }), 'alertmanager', { is: 'real' }],
  ['a marker without nonce at severity none', marked({ severity: 'none' }), 'alertmanager', { is: 'drill' }],
  ['a marker with an old nonce at severity Info', marked({ awoooi_nonce: DEAD, severity: 'Info' }), 'alertmanager', { is: 'drill' }],
  ['a marker that is not "true"', alert({ alertname: 'x', awoooi_drill: '1', severity: 'none' }), 'alertmanager', { is: 'real' }],
  ['a live nonce without a marker', alert({ alertname: 'x', awoooi_nonce: LIVE, severity: 'none' }), 'alertmanager', { is: 'real' }],
  ['the smoke test at severity info', alert({ alertname: 'E2E_SMOKE_TEST', severity: 'info' }), 'alertmanager', { is: 'drill' }],
  ['the smoke test as a label', alert({ alertname: 'x', E2E_SMOKE_TEST: 'true', severity: 'none' }), 'signoz', { is: 'drill' }],
  ['the smoke test at severity critical', alert({ alertname: 'E2E_SMOKE_TEST', severity: 'critical' }), 'alertmanager', { is: 'real' }],
  [
    'the smoke test with a live nonce',
    alert({ alertname: 'E2E_SMOKE_TEST', severity: 'critical', awoooi_nonce: LIVE }),
    'alertmanager',
    { is: 'drill', nonce: LIVE },
  ],
  ['an ordinary alert', alert({ alertname: 'HighLatency', severity: 'none' }), 'alertmanager', { is: 'real' }],
  ['an alert without labels', alert({}), 'alertmanager', { is: 'real' }],
];

it.each(rows)('recognises %s', (_, given, source, expected) => {
  expect(recognise(given, { source, isLive: nonce => nonce === LIVE })).toEqual(expected);
});

describe('noncesIn', () => {
  it('finds nonces wherever they stand, each once', () => {
    const text = `{"awoooi_nonce":"${LIVE}","alertname":"Test Alert (awoooi-canary-${DEAD})","again":"${LIVE}"}`;
    expect(noncesIn(text)).toEqual([LIVE, DEAD]);
  });

  it('takes no part of a longer word, and no more than it was allowed', () => {
    expect(noncesIn(`x${LIVE} ${LIVE.toUpperCase()}`)).toEqual([]);
    expect(noncesIn(`${LIVE} ${DEAD}`, 1)).toEqual([LIVE]);
  });
});

it('takes a label that cannot be a nonce for none', () => {
  expect(nonceOf(marked({ awoooi_nonce: `${LIVE}x` }))).toBeUndefined();
});

it('un-quotes a receiver', () => {
  expect(unquoteReceiver(String.raw`awoooi\.default\(x\)`)).toBe('awoooi.default(x)');
  expect(unquoteReceiver('plain')).toBe('plain');
});
