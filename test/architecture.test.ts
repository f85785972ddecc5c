import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

interface Law {
  /** Rooms, or `room/file` for a single file of a room, that may be named. */
  readonly rooms: readonly string[];
  readonly packages: RegExp;
}

const NOTHING = /^$/;
const NODE = 'node:[a-z_/]+';
const only = (...patterns: string[]): RegExp => new RegExp(`^(${patterns.join('|')})$`);

const LAW: Readonly<Record<string, Law>> = {
  crds: { rooms: [], packages: only('zod') },
  telemetry: { rooms: ['domain/text/masking'], packages: only('pino', 'prom-client') },
  config: { rooms: [], packages: only('zod', 'node:fs') },
  domain: { rooms: ['crds'], packages: only('node:crypto', 'croner') },
  net: { rooms: ['telemetry', 'domain/text/excerpt', 'domain/text/masking'], packages: only('undici', NODE) },
  kube: { rooms: ['crds/conditions', 'telemetry'], packages: only('@kubernetes/client-node', 'undici', NODE) },
  adapters: { rooms: ['domain', 'crds', 'telemetry', 'net'], packages: only('zod', NODE) },
  chain: { rooms: ['domain', 'crds', 'telemetry'], packages: NOTHING },
  delivery: { rooms: ['domain', 'crds', 'telemetry'], packages: NOTHING },
  controllers: { rooms: ['domain', 'chain', 'crds', 'kube', 'telemetry'], packages: NOTHING },
  webhook: {
    rooms: ['domain', 'crds', 'telemetry'],
    packages: only('fastify', '@fastify/[a-z-]+', 'fastify-type-provider-zod', 'zod', 'node:crypto'),
  },
  cli: { rooms: ['domain', 'chain', 'crds', 'telemetry'], packages: only('commander', 'yaml', 'diff', NODE) },
  wiring: {
    rooms: ['crds', 'telemetry', 'config', 'domain', 'net', 'kube', 'adapters', 'chain', 'delivery', 'controllers', 'webhook', 'cli'],
    packages: /./,
  },
  'main.ts': { rooms: ['wiring', 'config'], packages: NOTHING },
};

/** What one wing of adapters may name beyond its room's law. */
const WINGS: Readonly<Record<string, Law>> = {
  kubernetes: { rooms: ['kube'], packages: NOTHING },
  redis: { rooms: [], packages: only('ioredis') },
  analyser: { rooms: [], packages: only('openai') },
  telegram: { rooms: [], packages: only('grammy', 'grammy/types') },
  alertmanager: { rooms: [], packages: only('yaml') },
  promql: {
    rooms: [],
    packages: only('@prometheus-io/lezer-promql', '@prometheus-io/codemirror-promql(/.*)?', '@codemirror/state', '@codemirror/language'),
  },
};

/** In these rooms one folder never names its neighbour. */
const APART = new Set(['adapters', 'controllers']);

/** The source without its comments; strings stay, whatever they hold. */
function uncommented(source: string): string {
  const stringOrComment = /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;
  return source.replaceAll(stringOrComment, (_, text?: string) => text ?? ' ');
}

/**
 * Every module specifier. Read with comments and without: one may stand within an import, and what looks like one may be a regular
 * expression.
 */
function specifiers(source: string): string[] {
  return [...new Set([...named(source), ...named(uncommented(source))])];
}

/** Static, side-effect, re-exported and dynamic imports, `import()` types and require. */
function named(source: string): string[] {
  const quoted = /(?:(?<!\.)\bfrom|\bimport|\brequire)\s*\(?\s*(['"])([^'"`]+)\1/g;
  // A template can only stand in a call; in comments a backtick often follows the word.
  const called = /\b(?:import|require)\s*\(\s*(`)([^'"`]+)\1/g;
  return [...source.matchAll(quoted), ...source.matchAll(called)].map(match => match[2] ?? '');
}

/** Ways to a module that no specifier shows. */
function hidden(source: string): string[] {
  const ways = /\b(getBuiltinModule|createRequire)\b|\b(?:import|require)\s*\(\s*(?!\s|['"`)])/g;
  return [...uncommented(source).matchAll(ways)].map(match => match[1] ?? 'a computed import');
}

/** The imports of one file of src/ that the law forbids. `file` is relative to src/, with forward slashes. */
function trespasses(file: string, source: string): string[] {
  const [room = '', wing = ''] = file.split('/');
  const law = LAW[room];
  if (!law) return [`${room} is not a room of src/`];
  const extra = room === 'adapters' ? WINGS[wing] : undefined;
  const forbidden = specifiers(source).filter(name => {
    if (!name.startsWith('.')) return !law.packages.test(name) && !extra?.packages.test(name);
    const to = join(dirname(file), name).split(sep).join('/');
    const [toRoom = '', toWing = ''] = to.split('/');
    // The one file above src/ that is read: the version stands there.
    if (to === '../package.json') return room !== 'wiring';
    if (toRoom === room) return APART.has(room) && toWing !== wing;
    const allowed = [...law.rooms, ...(extra?.rooms ?? [])];
    return !allowed.some(entry => entry === toRoom || (entry.includes('/') && to.startsWith(`${entry}.`)));
  });
  return [...forbidden, ...hidden(source)];
}

const MARKS = ['oxlint-disable', 'eslint-disable', 'biome-ignore', '@ts-ignore', '@ts-expect-error', '@ts-nocheck'] as const;

/** The comments by which a file would be let off what all others are held to. */
function exemptions(source: string): string[] {
  return MARKS.filter(mark => source.includes(mark));
}

const ROOT = join(import.meta.dirname, '..');
const SRC = join(ROOT, 'src');
const entries = filesIn(SRC);
const files = entries.filter(file => file.endsWith('.ts'));

/** Every file below a folder, by its path from there, with forward slashes. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

describe('the import law', () => {
  it.each(files.filter(file => !file.endsWith('.test.ts')))('%s imports only what its room may', file => {
    expect(trespasses(file, readFileSync(join(SRC, file), 'utf8'))).toEqual([]);
  });

  it('allows no stray file directly in src/ besides main.ts, and no room without a law', () => {
    const entries = readdirSync(SRC, { withFileTypes: true }).map(entry => entry.name);
    expect(entries.filter(name => !(name in LAW))).toEqual([]);
  });

  it('reads every file that could be loaded: src/ holds .ts and .md and nothing else', () => {
    expect(entries.filter(file => !/\.(ts|md)$/.test(file))).toEqual([]);
  });

  it('keeps specifiers of our own files at .ts', () => {
    const wrong = files.flatMap(file =>
      specifiers(readFileSync(join(SRC, file), 'utf8'))
        .filter(name => name.startsWith('.') && !/\.(ts|json)$/.test(name))
        .map(name => `${file}: ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it('names no file that is not there', () => {
    const missing = files.flatMap(file =>
      specifiers(readFileSync(join(SRC, file), 'utf8'))
        .filter(name => name.startsWith('.') && !existsSync(join(SRC, dirname(file), name)))
        .map(name => `${relative(SRC, join(SRC, file))}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it('loads client-node, which costs 300 ms and 90 MB, only where a kubeconfig is read, and only then', () => {
    const naming = files.filter(file => specifiers(readFileSync(join(SRC, file), 'utf8')).includes('@kubernetes/client-node'));
    expect(naming).toEqual(['kube/kubeconfig.ts']);
    const statements = readFileSync(join(SRC, 'kube/kubeconfig.ts'), 'utf8').match(/^import .*client-node.*$/gm);
    expect(statements?.filter(statement => !statement.startsWith('import type '))).toEqual([]);
  });

  it('allows no file, folder or barrel with a name that says nothing', () => {
    expect(
      files.filter(file => /(^|\/)(utils?|helpers?|common|types|manager|service|impl|index)(\/|\.ts$|\.test\.ts$)/.test(file)),
    ).toEqual([]);
  });
});

describe('the guard itself', () => {
  it.each([
    ['upward', 'domain/x.ts', `import { a } from '../kube/y.ts'`],
    ['an SDK in domain', 'domain/x.ts', `import Redis from 'ioredis'`],
    ['adapter to adapter', 'adapters/redis/x.ts', `export { a } from '../telegram/y.ts'`],
    ['controller to controller', 'controllers/a/x.ts', `import '../b/y.ts'`],
    ['door to door', 'webhook/x.ts', `import type { a } from '../cli/y.ts'`],
    ['a dynamic import', 'chain/x.ts', `const a = await import('undici')`],
    ['a template import', 'chain/x.ts', 'const a = await import(`undici`)'],
    ['another wing’s SDK', 'adapters/redis/x.ts', `import { parse } from 'yaml'`],
    ['kube from a plain adapter', 'adapters/signoz/x.ts', `import type { K } from '../../kube/client.ts'`],
    ['kube knowing a kind', 'kube/x.ts', `import type { A } from '../crds/alertchainprobe/kind.ts'`],
    ['adapters from a door', 'controllers/a/x.ts', `import { a } from '../../adapters/redis/y.ts'`],
    ['a stray room', 'shared/x.ts', ''],
    ['an import with a comment in it', 'chain/x.ts', `const a = await import(/* x */ 'undici')`],
    ['an import behind what looks like a comment', 'chain/x.ts', `const a = /https?:\\/\\//, b = await import('undici')`],
    ['a computed import', 'chain/x.ts', 'const a = await import(name)'],
    ['a built-in module by another door', 'domain/x.ts', `process.getBuiltinModule('node:fs')`],
    ['a require of its own', 'domain/x.ts', `import.meta.createRequire`],
  ])('sees %s', (_, file, source) => {
    expect(trespasses(file, source)).not.toEqual([]);
  });

  it('lets conditions, and nothing else of crds, into kube', () => {
    expect(trespasses('kube/x.ts', `import type { Condition } from '../crds/conditions.ts'`)).toEqual([]);
  });
});

describe('no file is let off', () => {
  const folders = ['src', 'test', 'demo', 'bench', 'scripts'];
  const own = 'architecture.test.ts';

  it.each(folders)('in %s', folder => {
    const programs = filesIn(join(ROOT, folder)).filter(file => /\.[cm]?[jt]sx?$/.test(file) && file !== own);
    expect(programs.filter(file => exemptions(readFileSync(join(ROOT, folder, file), 'utf8')).length > 0)).toEqual([]);
  });

  it.each([
    ['// oxlint-disable-next-line no-await-in-loop'],
    ['/* eslint-disable */'],
    ['// biome-ignore format: prettier that way'],
    ['// @ts-ignore'],
    ['// @ts-expect-error it is right'],
    ['// @ts-nocheck'],
  ])('as by %s', comment => {
    expect(exemptions(`const a = 1;\n${comment}\nconst b = 2;`)).toHaveLength(1);
  });
});
