import { describe, expect, it } from 'vitest';
import { describeAddress, parseRedisUrl } from './url.ts';

const plain = { db: 0, tls: false };

describe('parseRedisUrl', () => {
  it.each([
    ['redis://127.0.0.1:6379', { mode: 'standalone', host: '127.0.0.1', port: 6379, login: plain }],
    ['redis://redis', { mode: 'standalone', host: 'redis', port: 6379, login: plain }],
    ['redis://[::1]:7000/2', { mode: 'standalone', host: '::1', port: 7000, login: { db: 2, tls: false } }],
    [
      'rediss://u:p%40ss:w@redis:1/0',
      { mode: 'standalone', host: 'redis', port: 1, login: { username: 'u', password: 'p@ss:w', db: 0, tls: true } },
    ],
    ['redis://:secret@redis', { mode: 'standalone', host: 'redis', port: 6379, login: { password: 'secret', db: 0, tls: false } }],
    [
      'redis+sentinel://:pw@a:26379,b/mymaster/1',
      {
        mode: 'sentinel',
        nodes: [
          { host: 'a', port: 26_379 },
          { host: 'b', port: 26_379 },
        ],
        master: 'mymaster',
        login: { password: 'pw', db: 1, tls: false },
      },
    ],
    [
      'rediss+cluster://a:1,b:2',
      {
        mode: 'cluster',
        nodes: [
          { host: 'a', port: 1 },
          { host: 'b', port: 2 },
        ],
        login: { db: 0, tls: true },
      },
    ],
  ])('reads %s', (url, expected) => {
    expect(parseRedisUrl(url)).toEqual(expected);
  });

  it.each([
    'http://x',
    'redis://',
    'redis://u:secret@a,b',
    'redis+sentinel://u:secret@a:26379',
    'redis+cluster://u:secret@a:1/3',
    'redis://u:secret@a:99999',
    'redis://u:secret@a/db',
    'redis+other://u:secret@a',
  ])('refuses %s without repeating it', url => {
    expect(() => parseRedisUrl(url)).toThrow(/redis|Redis/);
    expect(() => parseRedisUrl(url)).not.toThrow(/secret/);
  });
});

it.each([
  ['redis://u:secret@[::1]:7000', 'standalone [::1]:7000'],
  ['redis+sentinel://u:secret@a,b:1/m', 'sentinel a:26379,b:1 master m'],
  ['redis+cluster://u:secret@a', 'cluster a:6379'],
])('describes %s without its credentials', (url, expected) => {
  expect(describeAddress(parseRedisUrl(url))).toBe(expected);
});
