import {
  builderQuery,
  builderRule,
  longCondition,
  longRule,
  promqlQueries,
  promqlQuery,
  shortRule,
  threshold,
  v1Rule,
} from './signoz-alert-rule.ts';
import { WRONG_QUERIES } from './wrong-queries.ts';
import { type Row, type WrongSpec, wrongSpecs } from './wrong-specs.ts';

const DURATION = 'must be a duration of whole numbers with the units h, m, s or ms, such as 30s, 5m or 1h30m';
const BLANK_CHANNEL = "must be the name of one of SigNoz' notification channels";
const CONDITION = 'spec.condition';
const THRESHOLD = 'spec.condition.thresholds[0]';
const EVALUATION = 'spec.evaluation';

const condition = (over: object) => longRule({ condition: longCondition({ ...over }) });
const thresholds = (...list: readonly unknown[]) => condition({ thresholds: list });
const evaluation = (kind: string, spec: object) => longRule({ evaluation: { kind, spec } });
const schedule = (over: object) => evaluation('cumulative', { timezone: 'Asia/Taipei', schedule: over });
const settings = (over: object) => longRule({ notificationSettings: over });
const many = (count: number, of: (n: number) => unknown) => Array.from({ length: count }, (_, n) => of(n));
const textsOf = (count: number) => Object.fromEntries(many(count, n => [`l${n}`, 'x']).map(entry => Object(entry)));

const FORMS: readonly Row[] = [
  ['neither form', {}, 'spec', 'say what the rule evaluates: give exactly one of promql'],
  ['both forms', longRule({ ...shortRule() }), 'spec', 'say what the rule evaluates: give exactly one of promql'],
  [
    'the short form with an evaluation',
    shortRule({}, { evaluation: longRule()['evaluation'] }),
    'spec',
    'promql stands for the whole rule',
  ],
  ['the short form as v1', shortRule({}, { schemaVersion: 'v1' }), 'spec', 'promql stands for the whole rule: remove schemaVersion v1'],
  ['PromQL that is blank', shortRule({ expr: ' \n' }), 'spec.promql.expr', 'must be PromQL with the comparison that makes it fire'],
  ['a short rule that tells nobody', shortRule({ channels: undefined }), 'spec', 'promql.channels must name at least one channel'],
  ['a short rule with an empty list of channels', shortRule({ channels: [] }), 'spec', 'or set notificationSettings.usePolicy to true'],
  ['a blank severity', shortRule({ severity: ' ' }), 'spec.promql.severity', 'must be a name for the threshold, such as critical'],
  ['a hold time in days', shortRule({ for: '1d' }), 'spec.promql.for', DURATION],
  ['a hold time of 0s', shortRule({ for: '0s' }), 'spec.promql.for', 'must be a duration from 1s to 8760h'],
  ['a frequency in a hurry', shortRule({ frequency: '500ms' }), 'spec.promql.frequency', 'must be a duration from 1s to 24h'],
  ['absence in seconds', shortRule({ absentFor: '90s' }), 'spec.promql.absentFor', 'must be a duration of whole minutes'],
  ['a blank channel', shortRule({ channels: [' '] }), 'spec.promql.channels[0]', BLANK_CHANNEL],
  ['a long rule without alertType', longRule({ alertType: undefined }), 'spec', 'condition needs alertType: METRIC_BASED_ALERT'],
  ['a long rule without evaluation', longRule({ evaluation: undefined }), 'spec', 'condition needs condition.thresholds and evaluation'],
  ['a long rule without thresholds', condition({ thresholds: undefined }), 'spec', 'condition needs condition.thresholds and evaluation'],
];

const OLD: readonly Row[] = [
  ['a field of v1 alone', longRule({ evalWindow: '5m' }), 'spec', 'evalWindow, frequency, preferredChannels belong to schemaVersion v1'],
  ['channels as in v1', longRule({ preferredChannels: ['a'] }), 'spec', 'use evaluation and the channels of each threshold'],
  [
    'a target as in v1',
    condition({ target: 1 }),
    'spec',
    'op, matchType, target and targetUnit stand in condition for schemaVersion v1 alone',
  ],
  ['v1 without channels', v1Rule({ preferredChannels: undefined }), 'spec', 'schemaVersion v1 needs condition.op'],
  ['v1 with an empty list of channels', v1Rule({ preferredChannels: [] }), 'spec', 'and at least one of preferredChannels'],
  ['v1 with a blank channel', v1Rule({ preferredChannels: [''] }), 'spec.preferredChannels[0]', BLANK_CHANNEL],
  ['v1 without op', v1Rule({}, { op: undefined }), 'spec', 'schemaVersion v1 needs condition.op'],
  ['v1 without matchType', v1Rule({}, { matchType: undefined }), 'spec', 'schemaVersion v1 needs condition.op'],
  ['v1 without target', v1Rule({}, { target: undefined }), 'spec', 'schemaVersion v1 needs condition.op'],
  ['v1 with thresholds', v1Rule({}, { thresholds: [threshold()] }), 'spec', 'schemaVersion v1 knows no evaluation, notificationSettings'],
  ['v1 with settings', v1Rule({ notificationSettings: {} }), 'spec', 'remove them, or use v2alpha1'],
  ['v1 with a frequency of 0s', v1Rule({ frequency: '0s' }), 'spec.frequency', 'must be a duration from 1s to 24h'],
  [
    'an anomaly rule in the newer schema',
    builderRule([builderQuery({ functions: [{ name: 'anomaly' }] })], { ruleType: 'anomaly_rule' }),
    'spec',
    'an anomaly rule needs schemaVersion v1',
  ],
  [
    'an anomaly rule without the function anomaly',
    v1Rule({ ruleType: 'anomaly_rule' }, { compositeQuery: { queryType: 'builder', queries: [builderQuery()] } }),
    'spec',
    'an anomaly rule needs a builder query with the function anomaly',
  ],
];

const CONDITIONS: readonly Row[] = [
  ['a rule type that PromQL has not', longRule({ ruleType: 'threshold_rule' }), 'spec', 'ruleType promql_rule goes with queryType promql'],
  ['a rule type of PromQL', builderRule([builderQuery()], { ruleType: 'promql_rule' }), 'spec', 'ruleType promql_rule goes with queryType'],
  ['a selected query that is none', condition({ selectedQueryName: 'B' }), CONDITION, 'selectedQueryName must be the name of one of'],
  ['a selected query without a name', condition({ selectedQueryName: '' }), CONDITION, 'selectedQueryName must be the name of one of'],
  ['absentFor alone', condition({ absentFor: 5 }), CONDITION, 'absentFor belongs to alertOnAbsent: set alertOnAbsent to true'],
  ['no number of points', condition({ requireMinPoints: true }), CONDITION, 'requireMinPoints needs requiredNumPoints above 0'],
  ['a threshold without a name', thresholds(threshold({ name: '' })), `${THRESHOLD}.name`, 'must be a name for the threshold'],
  ['two thresholds of one name', thresholds(threshold(), threshold()), 'spec.condition.thresholds', 'two thresholds have the same name'],
  ['a threshold that tells nobody', thresholds(threshold({ channels: [] })), 'spec', 'each threshold must name at least one channel'],
  ['a blank channel of a threshold', thresholds(threshold({ channels: ['a', '\t'] })), `${THRESHOLD}.channels[1]`, BLANK_CHANNEL],
  [
    'queries that are all disabled',
    condition({ compositeQuery: promqlQueries(promqlQuery({ disabled: true })) }),
    'spec.condition.compositeQuery.queries',
    'all queries are disabled, so nothing would be evaluated',
  ],
];

const SETTINGS: readonly Row[] = [
  ['a blank name', shortRule({}, { name: ' \t' }), 'spec.name', 'must be a name for the rule in SigNoz; remove it to take metadata.name'],
  ['no window', evaluation('rolling', {}), EVALUATION, 'an evaluation of the kind rolling needs spec.evalWindow'],
  ['a window of 0s', evaluation('rolling', { evalWindow: '0s' }), `${EVALUATION}.spec.evalWindow`, 'must be a duration from 1s to 8760h'],
  ['a window in days', evaluation('rolling', { evalWindow: '1d' }), `${EVALUATION}.spec.evalWindow`, DURATION],
  ['a frequency of 0s', evaluation('rolling', { evalWindow: '5m', frequency: '0s' }), `${EVALUATION}.spec.frequency`, 'from 1s to 24h'],
  ['a rolling window with a time zone', evaluation('rolling', { evalWindow: '5m', timezone: 'UTC' }), EVALUATION, 'takes neither schedule'],
  ['a cumulative window without a schedule', evaluation('cumulative', {}), EVALUATION, 'cumulative needs spec.schedule and spec.timezone'],
  ['hourly without a minute', schedule({ type: 'hourly' }), `${EVALUATION}.spec.schedule`, 'of the type hourly needs minute'],
  ['daily without an hour', schedule({ type: 'daily', minute: 0 }), `${EVALUATION}.spec.schedule`, 'of the type daily needs hour, minute'],
  ['weekly without a weekday', schedule({ type: 'weekly', hour: 9, minute: 0 }), `${EVALUATION}.spec.schedule`, 'weekly needs weekday'],
  ['monthly without a day', schedule({ type: 'monthly', hour: 9, minute: 0 }), `${EVALUATION}.spec.schedule`, 'monthly needs day'],
  [
    'a time zone that is none',
    evaluation('cumulative', { timezone: 'Mars/Phobos', schedule: { type: 'hourly', minute: 0 } }),
    `${EVALUATION}.spec.timezone`,
    'the time zone must be one that the IANA tz database knows',
  ],
  [
    'reminders without an interval',
    settings({ renotify: { enabled: true } }),
    'spec.notificationSettings.renotify',
    'renotify needs an interval where it is enabled, such as 4h',
  ],
  [
    'an interval of 0s',
    settings({ renotify: { enabled: true, interval: '0s' } }),
    'spec.notificationSettings.renotify.interval',
    'from 1s to',
  ],
  ['a delay in days', settings({ newGroupEvalDelay: '1d' }), 'spec.notificationSettings.newGroupEvalDelay', DURATION],
  ['a blank label to group by', settings({ groupBy: [''] }), 'spec.notificationSettings.groupBy[0]', 'must be the name of a label'],
  ['a label with a dash', shortRule({}, { labels: { 'a-b': 'x' } }), 'spec.labels', 'the name of a label must be made of letters, digits'],
  [
    'an annotation with a slash',
    shortRule({}, { annotations: { 'a/b': 'x' } }),
    'spec.annotations',
    'the name of an annotation must be made',
  ],
  ['a label that begins with a digit', shortRule({}, { labels: { '5xx': 'x' } }), 'spec.labels', 'and not begin with a digit'],
  ['a place that is no pointer', shortRule({}, { drift: { ignoreFields: ['labels.team'] } }), 'spec.drift.ignoreFields[0]', 'JSON Pointer'],
  [
    'a rule id of another kind',
    shortRule({}, { adoption: { policy: 'ById', ruleId: '17' } }),
    'spec.adoption.ruleId',
    'a UUID of version 7',
  ],
  ['ById without an id', shortRule({}, { adoption: { policy: 'ById' } }), 'spec.adoption', 'adoption.ruleId belongs to the policy ById'],
  [
    'a Secret of no name',
    shortRule({}, { signoz: { secretRef: { name: 'A b' } } }),
    'spec.signoz.secretRef.name',
    'name of a Kubernetes object',
  ],
  ['a finalizer timeout of 0s', shortRule({}, { finalizerTimeout: '0s' }), 'spec.finalizerTimeout', 'must be a duration from 1s to 168h'],
  ['a resync in a hurry', shortRule({}, { resync: '1s' }), 'spec.resync', 'must be a duration from 10s to 24h'],
];

const SERVER_SENTENCES: readonly Row[] = [
  [
    'a connection without a Secret',
    shortRule({}, { signoz: {} }),
    'spec.signoz.secretRef',
    'Required value: name the Secret with url and apiKey',
  ],
  ['a short rule without PromQL', shortRule({ expr: undefined }), 'spec.promql.expr', 'Required value: give the PromQL'],
  ['a threshold without a target', thresholds(threshold({ target: undefined })), `${THRESHOLD}.target`, 'Required value: give the value'],
  ['a threshold without op', thresholds(threshold({ op: undefined })), `${THRESHOLD}.op`, 'Required value: say how the query is compared'],
  [
    'a threshold without matchType',
    thresholds(threshold({ matchType: undefined })),
    `${THRESHOLD}.matchType`,
    'Required value: say which points',
  ],
  ['an alias of op', thresholds(threshold({ op: '>' })), `${THRESHOLD}.op`, 'supported values: "above", "below"'],
  ['an alias of matchType', thresholds(threshold({ matchType: 'avg' })), `${THRESHOLD}.matchType`, 'supported values: "at_least_once"'],
  ['no threshold', thresholds(), 'spec.condition.thresholds', 'should have at least 1 items'],
  ['too many thresholds', thresholds(...many(129, n => threshold({ name: `t${n}` }))), 'spec.condition.thresholds', 'at most 128 items'],
  [
    'no query',
    condition({ compositeQuery: { queryType: 'promql', queries: [] } }),
    'spec.condition.compositeQuery.queries',
    'at least 1 items',
  ],
  ['an unknown alert type', longRule({ alertType: 'metric' }), 'spec.alertType', 'supported values: "METRIC_BASED_ALERT"'],
  ['an unknown rule type', longRule({ ruleType: 'prom' }), 'spec.ruleType', 'supported values: "threshold_rule", "promql_rule"'],
  [
    'an unknown season',
    condition({ seasonality: 'yearly' }),
    'spec.condition.seasonality',
    'supported values: "hourly", "daily", "weekly"',
  ],
  ['an unknown algorithm', condition({ algorithm: 'prophet' }), 'spec.condition.algorithm', 'supported values: "standard"'],
  ['an unknown schema', longRule({ schemaVersion: 'v2' }), 'spec.schemaVersion', 'supported values: "v2alpha1", "v1"'],
  [
    'too long an absence',
    condition({ alertOnAbsent: true, absentFor: 525_601 }),
    'spec.condition.absentFor',
    'less than or equal to 525600',
  ],
  ['minute 60', schedule({ type: 'hourly', minute: 60 }), `${EVALUATION}.spec.schedule.minute`, 'less than or equal to 59'],
  [
    'an unknown alert state',
    settings({ renotify: { enabled: false, alertStates: ['resolved'] } }),
    'spec.notificationSettings.renotify.alertStates[0]',
    'supported values: "firing", "nodata"',
  ],
  ['a channel twice', shortRule({ channels: ['a', 'b', 'a'] }), 'spec.promql.channels[2]', 'Duplicate value: "a"'],
  [
    'a state twice',
    settings({ renotify: { enabled: false, alertStates: ['firing', 'firing'] } }),
    'spec.notificationSettings.renotify.alertStates[1]',
    'Duplicate',
  ],
  ['a label to group by twice', settings({ groupBy: ['a', 'a'] }), 'spec.notificationSettings.groupBy[1]', 'Duplicate value: "a"'],
  ['a place twice', shortRule({}, { drift: { ignoreFields: ['/labels', '/labels'] } }), 'spec.drift.ignoreFields[1]', 'Duplicate value'],
  ['too long a name', shortRule({}, { name: '🔥'.repeat(513) }), 'spec.name', 'may not be more than 512 bytes'],
  ['too many labels', shortRule({}, { labels: textsOf(65) }), 'spec.labels', 'must have at most 64 items'],
  [
    'an unknown deletion policy',
    shortRule({}, { deletionPolicy: 'Keep' }),
    'spec.deletionPolicy',
    'supported values: "Delete", "Orphan", "Disable"',
  ],
];

/** What people get wrong in a SignozAlertRule, one thing at a time. */
export const WRONG_RULES: readonly WrongSpec[] = [
  ...wrongSpecs([...FORMS, ...OLD, ...CONDITIONS, ...SETTINGS]),
  ...WRONG_QUERIES,
  ...wrongSpecs(SERVER_SENTENCES, { ownWords: true }),
];
