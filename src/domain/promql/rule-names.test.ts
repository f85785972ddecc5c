import { describe, expect, it } from 'vitest';
import type { PrometheusAlert } from './prometheus-rule.ts';
import { ruleNames } from './rule-names.ts';

const alert = (name: string, over: Partial<PrometheusAlert> = {}): PrometheusAlert => ({ alert: name, expr: 'up == 0', ...over });
const TAKEN = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

describe('the names of the objects', () => {
  it.each([
    ['APIHighErrorRate', 'api-high-error-rate'],
    ['APIHighLatencyP99', 'api-high-latency-p99'],
    ['KubePodCrashLooping', 'kube-pod-crash-looping'],
    ['node_filesystem full!', 'node-filesystem-full'],
    ['  --x--  ', 'x'],
    ['already-fine', 'already-fine'],
  ])('say %s as Kubernetes does', (name, expected) => {
    expect(ruleNames([alert(name)])).toEqual([expected]);
  });

  it.each(['磁盘已满', '💥', '', 'A'.repeat(500), `${'x'.repeat(62)}-y`])(
    'are taken by Kubernetes, whatever the alert is called: %s',
    name => {
      const [given = ''] = ruleNames([alert(name)]);
      expect(given).toMatch(TAKEN);
      expect(ruleNames([alert(name)])).toEqual([given]);
    },
  );

  it('tell those of one name apart by their severity', () => {
    const of = (severity: string) => alert('DiskFull', { labels: { severity } });
    expect(ruleNames([of('warning'), of('critical'), alert('DiskFull')])).toEqual([
      'disk-full-warning',
      'disk-full-critical',
      'disk-full-rule',
    ]);
  });

  it('tell those of one severity apart, in whatever order they come', () => {
    const alerts = [alert('DiskFull', { expr: 'a > 1' }), alert('DiskFull', { expr: 'b > 1' }), alert('Other')];
    const names = ruleNames(alerts);
    expect(new Set(names).size).toBe(3);
    expect(ruleNames(alerts.toReversed())).toEqual(names.toReversed());
  });

  it('number what is the same in every word', () => {
    const names = ruleNames([alert('X'), alert('X'), alert('X')]);
    expect(new Set(names).size).toBe(3);
    expect(names.every(name => TAKEN.test(name))).toBe(true);
  });

  it('stay within their length where much has to be told', () => {
    const long = 'Y'.repeat(200);
    const names = ruleNames([alert(long, { expr: 'a' }), alert(long, { expr: 'b' }), alert(long, { expr: 'b' })]);
    expect(new Set(names).size).toBe(3);
    expect(names.filter(name => !TAKEN.test(name))).toEqual([]);
  });

  it('never meet the name that another alert has by itself', () => {
    const of = (severity: string) => alert('DiskFull', { labels: { severity } });
    const names = ruleNames([of('warning'), of('critical'), alert('DiskFullWarning')]);
    expect(new Set(names).size).toBe(3);
  });
});
