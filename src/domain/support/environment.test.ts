import { expect, it } from 'vitest';
import { shownEnvironment } from './environment.ts';

const KNOWN = [
  { env: 'LOG_LEVEL', secret: false, default: 'info' },
  { env: 'AWOOOI_API_PORT', secret: false, default: '8000' },
  { env: 'TG_BOT_TOKEN', secret: true },
  { env: 'REDIS_URL', secret: true, default: 'redis://127.0.0.1:6379' },
  { env: 'SIGNOZ_API_KEY', secret: true },
];

it('says of each variable whether it is set and where it comes from, and never what a secret is', () => {
  const container = {
    env: [
      { name: 'LOG_LEVEL', value: 'debug' },
      { name: 'TG_BOT_TOKEN', valueFrom: { secretKeyRef: { name: 'telegram', key: 'token' } } },
      { name: 'REDIS_URL', value: 'redis://:hunter2@redis' },
      { name: 'SIGNOZ_API_KEY_FILE', value: '/run/signoz/key' },
      { name: 'NODE_OPTIONS', value: '--x' },
      { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'EMPTY' },
    ],
    envFrom: [{ secretRef: { name: 'all' } }, { configMapRef: { name: 'more' } }],
  };
  expect(shownEnvironment(container, KNOWN)).toEqual({
    variables: [
      { variable: 'LOG_LEVEL', state: 'set', value: 'debug', from: 'a plain value' },
      { variable: 'TG_BOT_TOKEN', state: 'set', from: 'Secret telegram, key token' },
      { variable: 'REDIS_URL', state: 'set', from: 'a plain value' },
      { variable: 'SIGNOZ_API_KEY_FILE', state: 'set', value: '/run/signoz/key', from: 'a plain value' },
      { variable: 'NODE_OPTIONS', state: 'set', from: 'a plain value' },
      { variable: 'POD', state: 'set', from: 'field metadata.name' },
      { variable: 'EMPTY', state: 'not set', from: 'an empty value' },
    ],
    allOf: ['Secret all', 'ConfigMap more'],
    notNamed: [{ variable: 'AWOOOI_API_PORT', state: 'not set', value: '8000', from: 'its default' }],
  });
});

it('gives no default of a secret variable', () => {
  const { notNamed } = shownEnvironment({}, KNOWN);
  expect(notNamed).toContainEqual({ variable: 'REDIS_URL', state: 'not set', from: 'nowhere' });
});
