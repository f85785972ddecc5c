import { describe, expect, it } from 'vitest';
import { sentryIncident } from '../../../test/builders/sentry-incident.ts';
import { KNOWN_TROUBLES } from './known-troubles.ts';
import { type Because, ruleAnalysis } from './rule-analysis.ts';

const at = new Date('2026-03-29T02:00:00Z');
const alert = (name: string, labels: Record<string, string> = { namespace: 'prod', pod: 'api-1', deployment: 'api' }) =>
  sentryIncident({ source: 'alertmanager', name, labels });
const analysis = (incident: ReturnType<typeof sentryIncident>, language: 'en' | 'zh-TW' = 'en', because: Because = { is: 'off' }) =>
  ruleAnalysis(incident, { because, language, at });

describe('rules say plainly that no model stands behind them, and why', () => {
  it.each<[Because, 'en' | 'zh-TW', string]>([
    [{ is: 'off' }, 'en', 'No model was asked: none is set up (AWOOOI_ANALYSER_URL).'],
    [{ is: 'budget' }, 'en', "No model was asked: this hour's questions are used up"],
    [{ is: 'failed', fault: 'unreachable' }, 'en', 'No model has answered: it could not be reached in time.'],
    [{ is: 'off' }, 'zh-TW', '未詢問任何模型'],
    [{ is: 'budget' }, 'zh-TW', '未詢問任何模型'],
    [{ is: 'failed', fault: 'malformed' }, 'zh-TW', '沒有模型回答：回答無法使用。'],
  ])('%j in %s', (because, language, words) => {
    const found = analysis(sentryIncident(), language, because);
    expect(found).toMatchObject({ by: 'rules', asked: 'rules', at });
    expect(found.because).toContain(words);
    // What people look for comes first.
    expect(found.rootCause.endsWith(found.because ?? '?')).toBe(true);
    expect(found.rootCause).not.toMatch(/^(No model|未詢問|沒有模型)/);
    expect(found.confidence).toBeLessThan(0.5);
  });
});

describe('what is well known by its name is explained', () => {
  it.each([
    ['KubePodCrashLooping', 'again and again'],
    ['ContainerOOMKilled', 'more memory than its limit'],
    ['OOMKilled', 'more memory than its limit'],
    ['TargetDown', 'does not answer'],
    ['HighErrorRate', 'More requests fail'],
    ['HighRequestLatency', 'takes too long'],
    ['NodeFilesystemSpaceFillingUp', 'runs out of room'],
    ['KubePersistentVolumeFillingUp', 'runs out of room'],
    ['DiskFull', 'runs out of room'],
    ['KubeNodeNotReady', 'does not report as ready'],
    ['CPUThrottlingHigh', 'less CPU'],
    ['KubeDeploymentReplicasMismatch', 'fewer ready replicas'],
    ['CertificateExpiresSoon', 'expires soon'],
    ['TimeoutError: upstream timed out', 'takes too long'],
  ])('%s', (name, words) => {
    const found = analysis(alert(name));
    expect([found.rootCause, found.confidence]).toEqual([expect.stringContaining(words), 0.3]);
  });

  it('and of what is not, that is said', () => {
    expect(analysis(alert('SomethingOdd'))).toMatchObject({
      rootCause: expect.stringContaining('know no alert by the name SomethingOdd'),
      confidence: 0.1,
    });
    expect(analysis(sentryIncident({ name: 'KeyError' })).rootCause).toContain('stack trace');
  });

  it('in both languages, part for part', () => {
    const parts = KNOWN_TROUBLES.flatMap(({ advice }) => Object.values(advice)).flatMap(advice => Object.values(advice));
    expect(parts.every(part => part.length > 10)).toBe(true);
    expect(analysis(alert('OOMKilled'), 'zh-TW').rootCause).toContain('記憶體');
  });
});

it('says how severe it is and how often it came', () => {
  const frequency = { last1h: 3, last24h: 9, last7d: 20, last30d: 40 };
  const { impact } = analysis(sentryIncident({ severity: 'critical', frequency }));
  expect(impact).toBe(
    'Severity critical. Alerts that fire now: 1. This kind of trouble occurred 3 times in the last hour, 9 times in 24 hours and 20 times in 7 days. It keeps coming back.',
  );
});

it('counts once as once', () => {
  const frequency = { last1h: 1, last24h: 1, last7d: 2, last30d: 2 };
  expect(analysis(sentryIncident({ frequency })).impact).toContain(
    'occurred once in the last hour, once in 24 hours and 2 times in 7 days.',
  );
});

describe('commands', () => {
  it.each(['en', 'zh-TW'] as const)('are left out where a label is missing that they need, with the remark before them: %s', language => {
    expect(analysis(alert('HighErrorRate', { namespace: 'prod' }), language).fix).toBe(
      language === 'en'
        ? '# the labels of the alert do not say where it is: begin where it was raised'
        : '# 告警的標籤未指出位置，請從告警來源開始查看',
    );
    expect(analysis(alert('DiskFull', { namespace: 'prod' }), language).fix).toMatch(/^kubectl -n prod get pvc\n# .*df -i$/);
  });

  it('are never about a placeholder, whatever is missing', () => {
    const names = [...KNOWN_TROUBLES.map(({ name }) => name.source.split('|')[0] ?? ''), 'SomethingOdd'];
    for (const name of names)
      for (const language of ['en', 'zh-TW'] as const) expect(analysis(alert(name, {}), language).fix).toMatch(/^[^<>{}]{10,}$/);
  });

  it('name what the labels name', () => {
    expect(analysis(alert('KubePodCrashLooping')).fix).toContain('kubectl -n prod logs api-1 --previous');
  });

  it.each(['x; rm -rf /', '$(reboot)', 'a b', '-A', 'x\nreboot', '`id`', ''])('hold nothing that a shell could take for more: %j', pod => {
    expect(analysis(alert('KubePodCrashLooping', { namespace: 'prod', pod })).fix).toBe(
      'kubectl -n prod get events --sort-by=.lastTimestamp',
    );
  });
});

it('holds no secret of the name', () => {
  expect(analysis(sentryIncident({ name: 'KeyError: password=hunter2' })).rootCause).not.toContain('hunter2');
});
