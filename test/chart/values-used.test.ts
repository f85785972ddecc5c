import { describe, expect, it } from 'vitest';
import { CHART, helm } from '../parts/helm.ts';
import { GATEWAY, MONITORING } from './rows.ts';
import { at, hasNames, isVariable, LEAVES, merged, nested, type Shape, type Value } from './value-tree.ts';

/** Whatever can be switched on, and Secrets that nobody makes up: two renderings of this are the same. */
const ON = {
  existingSecret: 'tokens',
  redis: { existingSecret: 'redis' },
  alertmanager: { urls: ['http://alertmanager.example.com'] },
  namespaces: ['shop', 'default'],
  repair: { execution: true, namespaces: ['shop'] },
  ingress: { enabled: true, host: 'awoooi.example.com' },
  httpRoute: { enabled: true, parentRefs: [{ name: 'public' }] },
  networkPolicy: { enabled: true },
  examples: { enabled: true },
};

const text = (values: Readonly<Record<string, unknown>>): Promise<string> =>
  helm([
    'template',
    'awoooi',
    CHART,
    ...[...GATEWAY, ...MONITORING].map(each => `--api-versions=${each}`),
    ...Object.entries(values).map(([name, value]) => `--set-json=${name}=${JSON.stringify(value)}`),
  ]);

const nameOf = ({ path }: Value): string => path.join('.');
const isSwitch = ({ shape }: Value): boolean => shape.type === 'boolean' || shape.enum !== undefined;
const own = LEAVES.filter(value => !isVariable(value));
/** Is about Secrets that the chart makes up, which come out anew each time: credentials.test.ts. */
const MADE_UP = 'secretsBy';
/** Of two that exclude each other, the one that has to be looked at apart. */
const APART = ['fullnameOverride', 'redis.external.url'];

/** Something of the right shape that can be found again. */
function marked(shape: Shape, mark: string, number: number): unknown {
  if (shape.type === 'integer') return number;
  if (shape.type === 'string') return mark;
  if (shape.type === 'array') return [marked(shape.items ?? {}, mark, number)];
  const [name] = Object.keys(shape.properties ?? {});
  if (name === undefined || !hasNames(shape)) return { mark };
  return Object.fromEntries(Object.entries(shape.properties ?? {}).map(([each, of]) => [each, marked(of, mark, number)]));
}

const MARKS = own
  .filter(value => !isSwitch(value))
  .map((value, n) => ({ value, name: nameOf(value), mark: `mark${n}x`, number: 40_000 + n }));
const isThere = (output: string, { value, mark, number }: (typeof MARKS)[number]): boolean =>
  output.includes(value.shape.type === 'integer' ? `${number}` : mark) || output.includes(Buffer.from(mark).toString('base64'));

describe('each value of the chart', () => {
  it('is somewhere in what it makes', async () => {
    const together = MARKS.filter(({ name }) => !APART.includes(name)).reduce<Record<string, unknown>>(
      (values, { value, mark, number }) => merged(values, nested(value.path, marked(value.shape, mark, number))),
      ON,
    );
    // The first probe wants the namespace of the release among those that are looked after.
    const output = await text({ ...together, examples: { enabled: false } });
    const apart = MARKS.filter(({ name }) => APART.includes(name));
    const missing = MARKS.filter(each => !apart.includes(each) && !isThere(output, each));
    expect(missing.map(({ name }) => name)).toEqual([]);
    const others = await Promise.all(apart.map(async each => isThere(await text(nested(each.value.path, each.mark)), each)));
    expect(others).toEqual([true, true]);
  });

  it('that can be switched changes what it makes', async () => {
    const before = await text(ON);
    expect(await text(ON)).toBe(before);
    const without: string[] = [];
    for (const { path, shape } of own.filter(value => isSwitch(value) && nameOf(value) !== MADE_UP)) {
      const now = at(merged(merged({}, nested(path, shape.default)), ON), path);
      const other = shape.enum?.find(each => each !== now) ?? now !== true;
      // A refusal is an effect, too: there has to be some Redis.
      const after = await text(merged(ON, nested(path, other))).catch(() => 'refused');
      if (after === before) without.push(`${path.join('.')}: ${other}`);
    }
    expect(without).toEqual([]);
  });
});
