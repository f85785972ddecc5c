import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { PROGRAM } from '../../scripts/image/assemble.ts';
import { letThrough } from '../../scripts/image/build-context.ts';
import { loadConfig } from '../../src/config/load.ts';
import { Root } from '../parts/installed.ts';
import { NODE_FLAGS } from '../parts/operator.ts';

const Manifest = z.object({ devDependencies: z.object({ node: z.string() }) });

const read = (path: string): string => readFileSync(join(Root, path), 'utf8');

/** `[word, rest]` for each instruction, continued lines joined. */
const INSTRUCTIONS = read('Dockerfile')
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .flatMap(line => /^([A-Z]+) (.*)$/.exec(line)?.slice(1) ?? [])
  .reduce<[string, string][]>(
    (all, part, index) => (index % 2 === 0 ? [...all, [part, '']] : [...all.slice(0, -1), [all.at(-1)?.[0] ?? '', part]]),
    [],
  );

const said = (word: string): string[] => INSTRUCTIONS.filter(([name]) => name === word).map(([, rest]) => rest);

it('starts the operator with the options of Node that the program itself asks for', () => {
  expect(read('src/main.ts').split('\n')[0]).toBe(`#!/usr/bin/env -S node ${NODE_FLAGS.join(' ')} --`);
  expect(said('ENTRYPOINT').map(json => JSON.parse(json))).toEqual([['node', ...NODE_FLAGS, '--', PROGRAM]]);
  expect(said('CMD').map(json => JSON.parse(json))).toEqual([['operator']]);
});

it('needs no shell, neither to build nor to run', () => {
  const commands = ['RUN', 'CMD', 'ENTRYPOINT', 'HEALTHCHECK', 'SHELL'].flatMap(said);
  expect(commands.length).toBeGreaterThan(3);
  for (const command of commands) expect(z.array(z.string()).parse(JSON.parse(command))).not.toContain('sh');
});

it('stands on the Node that everything is tested with, by the digest of all its architectures', () => {
  const { node } = Manifest.parse(JSON.parse(read('package.json'))).devDependencies;
  expect(said('ARG')[0]).toMatch(new RegExp(`^BASE=node:${node.replaceAll('.', '\\.')}-slim@sha256:[0-9a-f]{64}$`));
  expect(said('FROM')).toEqual([expect.stringMatching(/ \$BASE AS build$/), '$BASE']);
});

it('runs as a user that is a number and not root', () => {
  expect(said('USER')).toEqual(['65532:65532']);
});

it('exposes the ports that the operator listens at when nothing is said', () => {
  const env = { KUBECONFIG: '/kubeconfig', AWOOOI_ALLOW_UNAUTHENTICATED: 'true', REDIS_URL: 'redis://127.0.0.1:1' };
  const loaded = loadConfig({ env, readFile: () => '' });
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  const { apiPort, opsPort } = loaded.config.server;
  expect(said('EXPOSE')).toEqual([`${apiPort} ${opsPort}`]);
});

it('is labelled with the keys that registries and scanners read', () => {
  const keys = [
    ...said('LABEL')
      .join(' ')
      .matchAll(/org\.opencontainers\.image\.([a-z.]+)=/g),
  ].flatMap(([, key]) => key ?? []);
  expect(keys.toSorted()).toEqual(['base.name', 'created', 'description', 'licenses', 'revision', 'title', 'version']);
});

it('is sent nothing but what it copies', () => {
  const fromClone = [...said('ADD'), ...said('COPY')].filter(rest => !rest.startsWith('--from='));
  const copied = fromClone.flatMap(rest => rest.split(' ').slice(0, -1)).map(path => path.replace('ta[r]', 'tar'));
  const ofFolders = copied.filter(path => !copied.some(other => path.startsWith(`${other}/`)));
  expect(letThrough(Root).toSorted()).toEqual(ofFolders.toSorted());
});
