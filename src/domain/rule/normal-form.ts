import type { RuleBody } from '../ports/signoz-rules.ts';
import { isTooDeep } from '../text/depth.ts';
import { isRecord } from '../text/json.ts';
import { fieldsAt } from '../text/json-fields.ts';
import { duration, exact, type Form, type Forms, fields, nothing, plain, set, texts, word } from './forms.ts';
import { markerText, readMarker } from './marker.ts';
import { compositeQuery } from './query-form.ts';
import { matchType, op, thresholds } from './threshold-form.ts';

function none(...names: readonly string[]): (readonly [string, Form])[] {
  return names.map(name => [name, nothing]);
}

/** In the words of both versions of the API. */
const OF_THE_SERVER = 'id state createdAt updatedAt createdBy updatedBy createAt updateAt createBy updateBy'.split(' ');
const FORGOTTEN = ['broadcastToAll', 'summary', 'severity'];

const SCHEDULE = fields(
  new Map<string, Form>([
    ['type', word],
    ['minute', exact],
    ['hour', exact],
    ['day', exact],
    ['weekday', exact],
  ]),
);
const EVALUATION = fields(
  new Map<string, Form>([
    ['kind', word],
    [
      'spec',
      fields(
        new Map<string, Form>([
          ['evalWindow', duration],
          ['frequency', duration],
          ['schedule', SCHEDULE],
        ]),
      ),
    ],
  ]),
);
const RENOTIFY = fields(
  new Map<string, Form>([
    ['interval', duration],
    ['alertStates', set(word)],
  ]),
);
const SETTINGS = fields(
  new Map<string, Form>([
    ['groupBy', set(plain)],
    ['renotify', RENOTIFY],
    ['newGroupEvalDelay', duration],
  ]),
);

/** Without alertOnAbsent nobody asks for how long. */
function condition(forms: Forms): Form {
  const form = fields(forms);
  return value => form(asksInVain(value) ? { ...value, absentFor: undefined } : value);
}

function asksInVain(value: unknown): value is object {
  return isRecord(value) && value['absentFor'] !== undefined && value['alertOnAbsent'] !== true;
}

const CONDITION: readonly (readonly [string, Form])[] = [
  ['compositeQuery', compositeQuery],
  ['seasonality', word],
];
const RULE: readonly (readonly [string, Form])[] = [
  ...none(...OF_THE_SERVER, ...FORGOTTEN, 'disabled'),
  ['ruleType', word],
  ['labels', texts],
  ['annotations', texts],
  ['source', source],
];

/** Schema v1: one threshold in the condition, and what belongs to the newer schema is neither used nor shown. */
const OLD: Forms = new Map([
  ...RULE,
  ...none('schemaVersion', 'evaluation', 'notificationSettings'),
  ['evalWindow', duration],
  ['frequency', duration],
  ['preferredChannels', set(plain)],
  ['condition', condition(new Map([...CONDITION, ['op', op], ['matchType', matchType], ['target', exact], ...none('thresholds')]))],
]);

/** Schema v2alpha1: what belongs to v1 is shown, and not used. */
const NEW: Forms = new Map([
  ...RULE,
  ...none('evalWindow', 'frequency', 'preferredChannels'),
  ['evaluation', EVALUATION],
  ['notificationSettings', SETTINGS],
  ['condition', condition(new Map([...CONDITION, ...none('op', 'matchType', 'target', 'targetUnit'), ['thresholds', thresholds]]))],
]);

const OLD_SCHEMA = fields(OLD);
const NEW_SCHEMA = fields(NEW);

/**
 * The one form of a rule, whoever wrote it down: equal for what was sent to SigNoz and what SigNoz then shows (contracts/signoz.md,
 * section 1.6). Without what the server owns, what says nothing, and the uid in a marker; thresholds are keyed by name.
 */
export function normalForm(body: RuleBody): RuleBody {
  const isOld = plain(body['schemaVersion']) === undefined || body['schemaVersion'] === 'v1';
  const form = (isOld ? OLD_SCHEMA : NEW_SCHEMA)(isTooDeep(body) ? withoutDepths(body) : body);
  const given = isRecord(form) ? form : {};
  return {
    version: 'v5',
    ...(isOld && { evalWindow: '5m', frequency: '1m' }),
    ...given,
    ...ruleType(given),
    disabled: body['disabled'] === true,
  };
}

/** What SigNoz takes as any JSON may be nested deeper than a stack holds. Such a rule differs from every other, and no more. */
function withoutDepths(body: RuleBody): RuleBody {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, isTooDeep(value) ? 'nested too deep to be compared' : value]),
  );
}

/** PromQL decides the type of a rule, and a query of the builder one that is not given. */
function ruleType(form: RuleBody): RuleBody {
  const { queryType } = fieldsAt(fieldsAt(form, 'condition'), 'compositeQuery');
  if (queryType === 'promql') return { ruleType: 'promql_rule' };
  return queryType === 'builder' && form['ruleType'] === undefined ? { ruleType: 'threshold_rule' } : {};
}

/** A marker names the same owner with another uid once its object was deleted and made again. */
function source(value: unknown): unknown {
  const marker = readMarker(value);
  if (!marker) return plain(value);
  const { clusterId, namespace, name } = marker;
  return markerText({ clusterId, namespace, name });
}
