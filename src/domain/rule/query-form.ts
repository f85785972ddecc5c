import { isRecord } from '../text/json.ts';
import { fieldKey } from './field-key.ts';
import { exact, type Form, type Forms, fields, list, nothing, plain, seconds, word } from './forms.ts';

const AGGREGATION = fields(
  new Map([
    ['temporality', word],
    ['timeAggregation', word],
    ['spaceAggregation', word],
    ['reduceTo', word],
  ]),
);
const ORDER = fields(
  new Map([
    ['key', fieldKey],
    ['direction', word],
  ]),
);
const ARGUMENT = fields(new Map([['value', exact]]));
const CALL = fields(
  new Map<string, Form>([
    ['name', word],
    ['args', list(ARGUMENT)],
  ]),
);

const PARTS: readonly (readonly [string, Form])[] = [
  ['signal', word],
  ['source', word],
  ['stepInterval', seconds],
  ['step', seconds],
  ['aggregations', list(AGGREGATION)],
  ['groupBy', list(fieldKey)],
  ['selectFields', list(fieldKey)],
  ['order', list(ORDER)],
  ['functions', list(CALL)],
];
/** Specs of every type: no field means one thing in one type and another in the next. */
const SPEC: Forms = new Map([...PARTS, ['secondaryAggregations', list(fields(new Map(PARTS)))]]);

const asGiven = envelope(SPEC);
/** Of traces whether they say so or not. */
const ofTraces = envelope(new Map([...SPEC, ['signal', value => (word(value) === 'traces' ? undefined : word(value))]]));
const OF_TRACES = new Set<unknown>(['builder_ai_query', 'builder_trace_operator']);

function envelope(spec: Forms): Form {
  return fields(
    new Map<string, Form>([
      ['type', word],
      ['spec', fields(spec)],
    ]),
  );
}

function query(value: unknown): unknown {
  return isRecord(value) && OF_TRACES.has(word(value['type'])) ? ofTraces(value) : asGiven(value);
}

/** The queries of a rule. What SigNoz reads of older rules' maps is nothing. */
export const compositeQuery = fields(
  new Map<string, Form>([
    ['queryType', word],
    ['panelType', word],
    ['unit', plain],
    ['queries', list(query)],
    ['builderQueries', nothing],
    ['chQueries', nothing],
    ['promQueries', nothing],
  ]),
);
