import { describe, expect, it } from 'vitest';
import { builderQuery, builderRule, longCondition, longRule, threshold, v1Rule } from '../../../test/builders/signoz-alert-rule.ts';
import { SignozAlertRuleSpec } from '../../crds/signozalertrule/spec.ts';
import { longBody } from './long-body.ts';

const body = (spec: object) => longBody(SignozAlertRuleSpec.parse(spec), 'api errors');

describe('longBody', () => {
  it('says outright what SigNoz would otherwise guess or refuse', () => {
    expect(body(longRule())).toEqual({
      alert: 'api errors',
      alertType: 'METRIC_BASED_ALERT',
      ruleType: 'promql_rule',
      version: 'v5',
      schemaVersion: 'v2alpha1',
      disabled: false,
      condition: {
        compositeQuery: { queryType: 'promql', panelType: 'graph', queries: [{ type: 'promql', spec: { name: 'A', query: 'up' } }] },
        thresholds: { kind: 'basic', spec: [threshold()] },
      },
      evaluation: { kind: 'rolling', spec: { evalWindow: '5m', frequency: '1m' } },
      notificationSettings: {},
    });
  });

  it('keeps everything that a rule of the builder can say', () => {
    const query = builderQuery({ groupBy: [{ name: 'service.name' }], stepInterval: 60 });
    const schedule = { type: 'daily', hour: 0, minute: 0 };
    const over = {
      description: 'd',
      labels: { team: 'a', empty: '' },
      annotations: { summary: 's' },
      disabled: true,
      evaluation: { kind: 'cumulative', spec: { schedule, timezone: 'Asia/Taipei', frequency: '5m' } },
      notificationSettings: { usePolicy: true, groupBy: [], renotify: { enabled: true, interval: '4h', alertStates: ['firing'] } },
      condition: longCondition({
        compositeQuery: { queryType: 'builder', panelType: 'value', unit: 'ms', queries: [query] },
        thresholds: [threshold({ target: 0, recoveryTarget: 0, targetUnit: 's' })],
        selectedQueryName: 'A',
        alertOnAbsent: true,
        absentFor: 15,
        requireMinPoints: true,
        requiredNumPoints: 3,
      }),
    };
    const { description, labels, annotations, disabled, evaluation, notificationSettings } = over;
    expect(body(builderRule([], over))).toEqual({
      alert: 'api errors',
      alertType: 'METRIC_BASED_ALERT',
      ruleType: 'threshold_rule',
      version: 'v5',
      schemaVersion: 'v2alpha1',
      description,
      labels,
      annotations,
      disabled,
      evaluation,
      notificationSettings,
      condition: {
        compositeQuery: { queryType: 'builder', panelType: 'value', unit: 'ms', queries: [query] },
        selectedQueryName: 'A',
        alertOnAbsent: true,
        absentFor: 15,
        requireMinPoints: true,
        requiredNumPoints: 3,
        thresholds: { kind: 'basic', spec: [threshold({ target: 0, recoveryTarget: 0, targetUnit: 's' })] },
      },
    });
  });

  it('writes a rule of the older schema in the older schema, a target of 0 too', () => {
    const written = body(v1Rule({ evalWindow: '10m', frequency: '1m' }, { target: 0 }));
    expect(written).toMatchObject({
      schemaVersion: 'v1',
      ruleType: 'promql_rule',
      evalWindow: '10m',
      frequency: '1m',
      preferredChannels: ['ops-hook'],
      condition: { op: 'above', matchType: 'at_least_once', target: 0 },
    });
    for (const newer of ['evaluation', 'notificationSettings']) expect(written).not.toHaveProperty(newer);
    expect(written['condition']).not.toHaveProperty('thresholds');
  });

  it.each([
    ['threshold_rule', builderRule([builderQuery()])],
    [
      'anomaly_rule',
      v1Rule(
        { ruleType: 'anomaly_rule' },
        { compositeQuery: { queryType: 'builder', queries: [builderQuery({ functions: [{ name: 'anomaly' }] })] } },
      ),
    ],
  ])('says of what type the rule is: %s', (ruleType, spec) => {
    expect(body(spec)).toMatchObject({ ruleType });
  });

  it('leaves the mark of an owner to others', () => {
    expect(body(longRule())).not.toHaveProperty('source');
  });
});
