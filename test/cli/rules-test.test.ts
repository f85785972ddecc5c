import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { startHttpServer } from '../servers/http-server.ts';
import { ruleIn } from '../servers/signoz-caller.ts';
import { rules } from './rules-shell.ts';
import { object, PROMQL, rulesStage } from './rules-stage.ts';

const stage = rulesStage();

const test = async (text: string, ...args: string[]) => rules(['test', '-f', await stage().file(text), ...args], { env: stage().env });

describe('awoooi rules test', () => {
  it('without --send says what would be sent to whom, and asks nobody', async () => {
    const before = stage().world.signoz.requests.length;
    const ran = await rules(['test', '-f', await stage().file(object())]);
    expect(ran).toMatchObject({ status: 0, stderr: expect.stringContaining('nothing was sent') });
    expect(ran.stdout).toMatch(/^monitoring\/api-errors: would be tried as "API errors_TEST_ALERT", and sent to ops-hook\n\{/);
    expect(stage().world.signoz.requests).toHaveLength(before);
    expect(stage().world.toldTo('ops-hook')).toEqual([]);
  });

  it('with --send has SigNoz try it, and says what that proves', async () => {
    const ran = await test(object(), '--send');
    expect(ran).toMatchObject({ status: 0, stderr: expect.stringContaining('no proof that it was delivered') });
    expect(ran.stdout).toMatch(/^monitoring\/api-errors: \d+ alerts?, sent to ops-hook\n$/);
    expect(stage().world.signoz.requests.at(-1)).toMatchObject({ method: 'POST', path: '/api/v2/rules/test' });
  });

  it('ends with 1 where a channel does not exist', async () => {
    const ran = await test(object({ promql: { ...PROMQL, channels: ['nobody'] } }), '--send');
    expect(ran.status).toBe(1);
    expect(ran.stderr).toMatch(/^monitoring\/api-errors: ChannelNotFound: SigNoz has no channel nobody: there are .*ops-hook/);
  });

  it('ends with 2 for a file that is no UTF-8', async () => {
    const path = await stage().file('');
    await writeFile(path, Buffer.from(object({ description: 'gr\u00fcn' }), 'latin1'));
    const ran = await rules(['test', '-f', path]);
    expect(ran).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(/the file cannot be read: line \d+ is no UTF-8/) });
  });

  it('lets no name of a channel steer the terminal', async () => {
    const text = object({ promql: { ...PROMQL, channels: ['\u001b[2Jnobody'] } });
    const dry = await rules(['test', '-f', await stage().file(text)]);
    const sent = await test(text, '--send');
    expect(`${dry.stdout}${sent.stderr}`).not.toMatch(/[^\n\P{Cc}]/u);
  });

  it('ends with 1 where SigNoz refuses', async () => {
    const said = { status: 'error', error: { code: 'invalid_input', message: 'no such thing', errors: [{ message: 'really' }] } };
    const refusing = await startHttpServer({
      handle: ({ path }) =>
        path.endsWith('/test')
          ? { status: 400, headers: { 'content-type': 'application/json' }, body: JSON.stringify(said) }
          : {
              status: 200,
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify({
                status: 'success',
                data: [{ id: '1', name: 'ops-hook', type: 'webhook', data: '{"name":"ops-hook"}' }],
              }),
            },
    });
    const ran = await rules(['test', '--send', '-f', await stage().file(object())], { env: { ...stage().env, SIGNOZ_URL: refusing.url } });
    await refusing.stop();
    expect(ran).toMatchObject({ status: 1, stdout: '', stderr: expect.stringMatching(/SigNoz refuses the rule: .*no such thing: really/) });
  });

  it('ends with 2 where the file is wrong, or there is no SigNoz', async () => {
    expect(await test(object({ promql: { ...PROMQL, expr: 'sum(up)) > 1' } }))).toMatchObject({ status: 2, stdout: '' });
    expect(await rules(['test', '--send', '-f', await stage().file(object())])).toMatchObject({ status: 2 });
  });

  it('of a rule that exists leaves it as it is', async () => {
    const id = await stage().stored();
    await test(object(), '--send');
    expect(ruleIn(await stage().world.ask('GET', `/api/v2/rules/${id}`))).toMatchObject({ alert: 'API errors' });
  });
});
