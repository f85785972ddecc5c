import { expect, it } from 'vitest';
import { disclosed } from './disclosed.ts';
import { variablesByName } from './environment.ts';
import { tellingWords } from './telling-words.ts';

const variables = variablesByName([
  { env: 'LOG_LEVEL', secret: false, default: 'info' },
  { env: 'REDIS_URL', secret: true },
]);

function shown(value: unknown): { readonly value: unknown; readonly found: readonly string[] } {
  const found: string[] = [];
  return { value: disclosed(value, { variables, found: secret => found.push(secret) }), found };
}

const env = (name: string, value: string) => ({ containers: [{ name: 'a', env: [{ name, value }] }] });

it.each<[string, unknown, unknown, readonly string[]]>([
  ['a variable that is known to be harmless', env('LOG_LEVEL', 'debug'), env('LOG_LEVEL', 'debug'), []],
  ['a secret variable', env('REDIS_URL', 'redis://u:hunter2@h'), env('REDIS_URL', '***'), ['redis://u:hunter2@h', 'hunter2']],
  ['a variable that nobody knows', env('NODE_ENV', 'production'), env('NODE_ENV', '***'), []],
  ['one that nobody knows, by its name', env('DB_PASS', 'hunter2'), env('DB_PASS', '***'), ['hunter2']],
  ['the path of a credential', env('REDIS_URL_FILE', '/run/redis'), env('REDIS_URL_FILE', '/run/redis'), []],
  ['a reference to a Secret', { valueFrom: { secretKeyRef: { name: 's', key: 'token' } } }, undefined, []],
  ['a field by its name', { clientSecret: 'hunter2' }, { clientSecret: '***' }, ['hunter2']],
  ['all that is below such a name', { tokens: ['hunter2', 'hunter3'] }, { tokens: ['***', '***'] }, ['hunter2', 'hunter3']],
  ['headers', { headers: { 'X-Any': 'hunter2' } }, { headers: { 'X-Any': '***' } }, ['hunter2']],
  ['headers as a list', { headers: [{ name: 'X-Any', value: 'hunter2' }] }, { headers: [{ name: 'X-Any', value: '***' }] }, ['hunter2']],
  [
    'headers of the probe of a container',
    { httpHeaders: [{ name: 'X-Any', value: 'hunter2' }] },
    { httpHeaders: [{ name: 'X-Any', value: '***' }] },
    ['hunter2'],
  ],
  [
    'an address that is a key itself',
    { heartbeat: { url: 'https://h/x-ping-77' } },
    { heartbeat: { url: 'https://h/***' } },
    ['x-ping-77'],
  ],
  ['an address that is none', { target: { url: 'https://h/path' } }, undefined, []],
  [
    'a parameter',
    { parameters: [{ name: 'password', value: 'hunter2' }] },
    { parameters: [{ name: 'password', value: '***' }] },
    ['hunter2'],
  ],
  [
    'a patch of a variable',
    { patch: [{ op: 'add', path: '/spec/template/spec/containers/0/env/-', value: { name: 'KEY', value: 'hunter2' } }] },
    { patch: [{ op: 'add', path: '/spec/template/spec/containers/0/env/-', value: { name: 'KEY', value: '***' } }] },
    ['hunter2'],
  ],
  [
    'JSON within a text',
    { plan: JSON.stringify([{ op: 'add', path: '/a/password', value: 'hunter2' }]) },
    { plan: JSON.stringify([{ op: 'add', path: '/a/password', value: '***' }]) },
    ['hunter2'],
  ],
  [
    'two words of a command line',
    { args: ['--requirepass', 'hunter2', '--port', '1'] },
    { args: ['--requirepass', '***', '--port', '1'] },
    ['hunter2'],
  ],
  ['one word of a command line', { command: ['x', '--api-token=hunter2'] }, { command: ['x', '--api-token=***'] }, ['hunter2']],
  [
    'annotations that are not ours',
    { metadata: { annotations: { 'awoooi.io/requested-at': '1', 'kubectl.kubernetes.io/last-applied-configuration': '{"a":1}' } } },
    { metadata: { annotations: { 'awoooi.io/requested-at': '1', 'kubectl.kubernetes.io/last-applied-configuration': '***' } } },
    [],
  ],
  ['annotations of an alert rule', { spec: { annotations: { summary: 'x' } } }, undefined, []],
  ['managedFields', { metadata: { name: 'a', managedFields: [{}] } }, { metadata: { name: 'a' } }, []],
  ['a number under such a name, and none elsewhere', { password: 12345678, replicas: 2 }, { password: '***', replicas: 2 }, []],
])('%s', (_, given, expected, found) => {
  const { value, found: told } = shown(given);
  expect(value).toEqual(expected ?? given);
  // Of a URL both the whole and its parts are told.
  expect([told.length > 0, found.filter(secret => !told.includes(secret))]).toEqual([found.length > 0, []]);
});

it.each([
  ['a list of named tokens', 'ci:abcdefgh,\nme:ijklmnop', ['abcdefgh', 'ijklmnop']],
  ['a header', 'Bearer abcdefgh', ['abcdefgh']],
  ['a URL, the password and not who has it', 'redis://operator:hunter22@h:1', ['hunter22']],
  ['a URL whose user is the key', 'https://hunter22@h/1', ['hunter22']],
  ['a password that a URL escapes', 'redis://:p%40ss-word@h:1/0', ['p%40ss-word', 'p@ss-word']],
  ['the key in the path of a URL', 'https://hooks.example.com/services/T0A1B2C3D/x', ['T0A1B2C3D']],
])('knows the secret words of %s', (_, value, words) => {
  expect(tellingWords(value)).toEqual(expect.arrayContaining(words));
});

it('takes no word that says nothing', () => {
  expect(tellingWords('true,abc,token')).toEqual(['true,abc,token']);
  expect(tellingWords('redis://operator:hunter22@h')).not.toContain('operator');
  expect(tellingWords('https://hooks.example.com/services/x')).toEqual(['https://hooks.example.com/services/x']);
});
