import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CHART, helm } from '../parts/helm.ts';
import { refusal } from './rendered.ts';
import { ALL, at, hasNames, holdsOthers, isVariable, LEAVES, merged, nested, SCHEMA, type Shape, VALUES } from './value-tree.ts';

describe('the schema of the values', () => {
  it('describes each', () => {
    const bare = ALL.filter(({ shape }) => !/^.{10,}[.:)`]$/s.test(shape.description ?? ''));
    expect(bare.map(({ path, shape }) => `${path.join('.')}: ${shape.description}`)).toEqual([]);
  });

  it('has the defaults of values.yaml, and nothing besides', () => {
    const own = LEAVES.filter(each => !isVariable(each));
    const preset = own.map(({ path, shape }) => [path.join('.'), shape.default] as const);
    expect(own.map(({ path }) => [path.join('.'), at(VALUES, path)])).toEqual(preset);
    const paths = (values: unknown, of: Shape): string[] =>
      Object.entries(z.record(z.string(), z.unknown()).parse(values)).flatMap(([name, value]) => {
        const shape = of.properties?.[name];
        return shape === undefined || !holdsOthers(shape) ? [name] : paths(value, shape).map(rest => `${name}.${rest}`);
      });
    expect(paths(VALUES, SCHEMA).toSorted()).toEqual(preset.map(([path]) => path).toSorted());
  });

  it('is closed wherever it says what there is', () => {
    const open = ALL.filter(({ shape }) => hasNames(shape) && shape.additionalProperties !== false);
    expect(open.map(({ path }) => path.join('.'))).toEqual([]);
    expect(SCHEMA.additionalProperties).toBe(false);
  });
});

describe('helm', () => {
  const unknown = ALL.filter(({ shape }) => hasNames(shape)).map(({ path }) => [...path, 'nonsense']);
  let said: string;
  beforeAll(async () => {
    const values = [['nonsense'], ...unknown].reduce<Record<string, unknown>>((all, path) => merged(all, nested(path, 'x')), {});
    said = await refusal({ values });
  });

  it.each([['nonsense'], ...unknown].map(path => ({ path: path.slice(0, -1) })))(
    'refuses an unknown value in $path by its name',
    ({ path }) => {
      const place = path.length === 0 ? `''` : `'/${path.join('/')}'`;
      expect(said).toContain(`- at ${place}: additional properties 'nonsense' not allowed`);
    },
  );

  it('refuses what is not of its kind: numbers among the settings, other words than those that there are', async () => {
    const wrong = await refusal({
      values: {
        settings: { TG_CHAT_ID: -1_001_234_567_890, AWOOOI_STORM_THRESHOLD: 20 },
        service: { type: 'Ingress', port: 0 },
        image: { pullPolicy: 'Sometimes' },
        redis: { persistence: { whenDeleted: 'Perhaps' } },
        replicas: '3',
        credentials: { SENTRY_API_TOKEN: { key: 'SENTRY_API_TOKEN' }, TG_BOT_TOKEN: '123456:ABC-DEF' },
        namespaces: [''],
      },
    });
    for (const place of ['/settings/TG_CHAT_ID', '/settings/AWOOOI_STORM_THRESHOLD'])
      expect(wrong).toContain(`- at '${place}': got number, want string`);
    expect(wrong).toContain("- at '/service/type': value must be one of 'ClusterIP', 'NodePort', 'LoadBalancer'");
    expect(wrong).toContain("- at '/service/port': minimum: got 0, want 1");
    expect(wrong).toContain("- at '/image/pullPolicy': value must be one of");
    expect(wrong).toContain("- at '/redis/persistence/whenDeleted': value must be one of 'Retain', 'Delete'");
    expect(wrong).toContain("- at '/replicas': got string, want integer");
    expect(wrong).toContain("- at '/credentials/SENTRY_API_TOKEN': missing property 'secret'");
    expect(wrong).toContain("- at '/credentials/TG_BOT_TOKEN': got string, want object");
    expect(wrong).toContain("- at '/namespaces/0': minLength: got 0, want 1");
    expect(wrong).not.toContain('ABC-DEF');
  });

  it('refuses what the chart says itself, or keeps in Secrets, among the settings', async () => {
    const said = await refusal({ values: { settings: { AWOOOI_NAMESPACES: 'shop', TG_BOT_TOKEN: '123456:ABC-DEF' } } });
    expect(said).toMatch(
      /at '\/settings': additional properties '(AWOOOI_NAMESPACES', 'TG_BOT_TOKEN|TG_BOT_TOKEN', 'AWOOOI_NAMESPACES)' not allowed/,
    );
  });

  it('takes what a parent chart shares', async () => {
    await expect(helm(['template', 'awoooi', CHART, '--set-json=global={"any":{"thing":1}}'])).resolves.toContain('kind: Deployment');
  });
});
