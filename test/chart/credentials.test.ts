import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CHART, helm } from '../parts/helm.ts';
import { type PodOf, podsOf } from './pods.ts';
import { KubeObject, rendered, type Row } from './rendered.ts';
import { rowOf } from './rows.ts';
import { secretsOf, surroundingsOf } from './surroundings-of.ts';

const FromSecret = z.object({ valueFrom: z.object({ secretKeyRef: z.object({ name: z.string(), key: z.string() }) }) });

/** `Secret/key` of everything that a pod takes from Secrets. */
function taken({ spec }: PodOf): string[] {
  const env = spec.containers.flatMap(container => container.env.flatMap(each => FromSecret.safeParse(each).data ?? []));
  return [
    ...env.map(({ valueFrom: { secretKeyRef } }) => `${secretKeyRef.name}/${secretKeyRef.key}`),
    ...spec.volumes.flatMap(({ projected }) =>
      (projected?.sources ?? []).flatMap(({ secret }) => secret.items.map(({ key }) => `${secret.name}/${key}`)),
    ),
  ];
}

const file = (variable: string): string => `/etc/awoooi/credentials/${variable}`;

/** Each Secret with the hook that makes it or takes it away. */
const hooks = async (row: Row): Promise<string[]> =>
  (await rendered(row))
    .all('Secret', KubeObject)
    .map(({ metadata: { name, annotations } }) => `${name} ${annotations['helm.sh/hook']}`)
    .toSorted();

const notes = (...values: readonly string[]): Promise<string> => helm(['install', 'awoooi', CHART, '--dry-run=client', ...values]);

describe('the credentials of a release', () => {
  it('are made where nobody has any: two tokens that fit each other, and others in each release', async () => {
    const [one, two] = [await rendered(rowOf('the defaults')), await rendered(rowOf('the defaults'))];
    const made = secretsOf(one).get('awoooi-operator-credentials');
    expect(made).toEqual({
      AWOOOI_WEBHOOK_TOKEN: expect.stringMatching(/^[A-Za-z0-9]{40}$/),
      AWOOOI_WEBHOOK_TOKENS: made?.['AWOOOI_WEBHOOK_TOKEN'],
      AWOOOI_API_TOKEN: expect.stringMatching(/^[A-Za-z0-9]{40}$/),
      AWOOOI_API_TOKENS: `helm:${made?.['AWOOOI_API_TOKEN']}`,
    });
    const others = Object.values(secretsOf(two).get('awoooi-operator-credentials') ?? {});
    expect(others.filter(text => Object.values(made ?? {}).includes(text))).toEqual([]);
  });

  it('are made by a hook, which no rollback undoes, or are ordinary objects, and go with the release either way', async () => {
    expect(await hooks(rowOf('the defaults'))).toEqual([
      'awoooi-operator-credentials post-delete',
      'awoooi-operator-credentials pre-install,pre-upgrade',
      'awoooi-operator-redis post-delete',
      'awoooi-operator-redis pre-install,pre-upgrade',
    ]);
    expect(await hooks(rowOf('Secrets that are ordinary objects'))).toEqual([
      'awoooi-operator-credentials post-delete',
      'awoooi-operator-credentials undefined',
      'awoooi-operator-redis post-delete',
      'awoooi-operator-redis undefined',
    ]);
  });

  it('are those of a Secret that there is already, for everything that wants one', async () => {
    const chart = await rendered(rowOf('existing Secrets'));
    expect(chart.names('Secret')).toEqual(['Secret/awoooi-operator-redis']);
    const [operator, test] = ['Deployment', 'Pod'].map(kind => podsOf(chart).find(pod => pod.kind === kind));
    expect(operator && taken(operator)).toEqual([
      'tokens/AWOOOI_API_TOKENS',
      'tokens/AWOOOI_WEBHOOK_TOKENS',
      'awoooi-operator-redis/REDIS_URL',
    ]);
    expect(test && taken(test)).toEqual(['tokens/AWOOOI_API_TOKEN', 'tokens/AWOOOI_API_TOKEN', 'tokens/AWOOOI_WEBHOOK_TOKEN']);
  });

  it('take the Secret sentry-api-token as people have it, other keys by their name, and one for that of the chart', async () => {
    const chart = await rendered(rowOf('credentials of many kinds'));
    const { env, readFile } = surroundingsOf(chart);
    expect(env['SENTRY_API_TOKEN_FILE']).toBe(file('SENTRY_API_TOKEN'));
    expect(readFile(file('SENTRY_API_TOKEN'))).toBe('sntrys_token');
    expect(readFile(file('TG_BOT_TOKEN'))).toBe('123456:ABC-DEF');
    expect(readFile(file('AWOOOI_WEBHOOK_TOKENS'))).toBe('webhook-token-0123');
    // Which one chat is meant depends on every digit.
    expect(env).toMatchObject({ TG_CHAT_ID: '-1001234567890', AWOOOI_QUIET_HOURS: '22:00-07:00 Asia/Taipei' });
  });

  it('are those that the operator takes, where NOTES name one for Alertmanager and where helm test shows them', async () => {
    const row = rowOf('credentials of many kinds');
    const [test] = podsOf(await rendered(row)).filter(({ kind }) => kind === 'Pod');
    expect(new Set(test && taken(test))).toEqual(new Set(['awoooi-operator-credentials/AWOOOI_API_TOKEN', '1234/AWOOOI_WEBHOOK_TOKEN']));
    const own = ['--set-json=credentials={"AWOOOI_WEBHOOK_TOKENS":{"secret":"tokens","key":"senders.txt"}}'];
    expect(await notes(...own)).toContain(String.raw`get secret tokens -o jsonpath='{.data.senders\.txt}'`);
    expect(await notes()).toContain("get secret awoooi-operator-credentials -o jsonpath='{.data.AWOOOI_WEBHOOK_TOKEN}'");
  });

  it('are mounted so that a new one is read without a restart, and by the operator alone', async () => {
    const Projected = z.object({ defaultMode: z.int() });
    const [operator] = podsOf(await rendered(rowOf('the defaults'))).filter(({ kind }) => kind === 'Deployment');
    const [container] = operator?.spec.containers ?? [];
    // A subPath is never brought up to date.
    expect(container?.volumeMounts).toEqual([{ name: 'credentials', mountPath: '/etc/awoooi/credentials', readOnly: true }]);
    expect(Projected.parse(operator?.spec.volumes.find(({ name }) => name === 'credentials')?.projected).defaultMode).toBe(0o440);
  });
});
