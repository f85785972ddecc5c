import { z } from 'zod';
import { ChartValues } from './values.ts';
import { valuesYaml } from './values-yaml.ts';

const HEAD =
  '# Generated from scripts/chart/values.ts by `make generate`; changes here are overwritten. Unknown values are refused: values.schema.json.\n';

/** Helm hands every chart the values that a parent chart shares. */
const WithGlobal = ChartValues.extend({ global: z.looseObject({}).optional() });

/** The files of the chart that are written from its values, by their path below the root of the repository. */
export function chartValueFiles(): ReadonlyMap<string, string> {
  const schema = z.toJSONSchema(ChartValues, { io: 'input', target: 'draft-7' });
  const strict = z.toJSONSchema(WithGlobal, { io: 'input', target: 'draft-7' });
  return new Map([
    ['charts/awoooi-operator/values.yaml', `${HEAD}\n${valuesYaml(schema)}`],
    ['charts/awoooi-operator/values.schema.json', `${JSON.stringify(strict, null, 2)}\n`],
  ]);
}
