import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startHttpServer } from '../servers/http-server.ts';
import { type IncidentShell, incidentShell, OPEN } from './incident-shell.ts';

let shell: IncidentShell;
beforeEach(async () => {
  shell = await incidentShell();
});
afterEach(() => shell.close());
const run: IncidentShell['run'] = (line, over) => shell.run(line, over);

describe('what is wrong', () => {
  it.each([
    ['incidents list --status closed', 'Allowed choices are open, acknowledged, resolved'],
    ['incidents list --limit 0', 'Give a whole number from 1 to 1000'],
    ['incidents list -o xml', 'Allowed choices are table, json'],
    ['incidents show HighLatency', 'error: HighLatency is no id of an incident, such as inc-07-3f9c0a1b2c4d5'],
    ['deliveries retry nope', 'error: nope is no id of an incident, such as inc-07-3f9c0a1b2c4d5'],
    ['incidents show', "missing required argument 'id'\nsee awoooi incidents show --help\n"],
  ])('in the arguments ends with 2: %s', async (line, sentence) => {
    const { status, stderr } = await run(line);
    expect([status, stderr]).toEqual([2, expect.stringContaining(sentence)]);
  });

  it('in the settings ends with 2', async () => {
    const { status, stderr } = await run('incidents list', { AWOOOI_API_BASE: 'localhost' });
    expect([status, stderr]).toEqual([2, expect.stringContaining('AWOOOI_API_BASE')]);
  });

  it.each([
    ['a token that is not known', { AWOOOI_API_TOKEN: 'wrong-token-0123' }, 'AWOOOI_API_TOKEN is not known there: set it to one of'],
    ['no token', { AWOOOI_API_TOKEN: '' }, 'AWOOOI_API_TOKEN is not set: set it to one of'],
    ['no operator', { AWOOOI_API_BASE: 'http://127.0.0.1:9' }, 'is the operator running, and is it at http://127.0.0.1:9?'],
  ])('with %s ends with 1 and says what to set', async (_, env, sentence) => {
    for (const line of ['incidents list', `incidents ack ${OPEN.id}`, 'trace HighLatency', 'deliveries list']) {
      const { status, stdout, stderr } = await run(line, env);
      expect([status, stdout, stderr]).toEqual([1, '', expect.stringContaining(sentence)]);
      expect(stderr).not.toContain('wrong-token-0123');
    }
  });

  it('with another server, or another port of it, at that address says that it is not the API', async () => {
    const notFound = JSON.stringify({ message: 'Route GET:/ not found', error: 'Not Found', statusCode: 404 });
    for (const body of [notFound, 'not found']) {
      const server = await startHttpServer({ handle: () => ({ status: 404, body }) });
      for (const line of ['incidents list', `incidents show ${OPEN.id}`, `incidents ack ${OPEN.id}`, 'trace x', 'deliveries retry']) {
        const { status, stderr } = await run(line, { AWOOOI_API_BASE: server.url });
        expect([status, stderr]).toEqual([1, expect.stringContaining("this is not the operator's API (its ops port, or a version before")]);
      }
      await server.stop();
    }
  });

  it('with https where plain HTTP is spoken says so, and a refusal once', async () => {
    const tls = await run('incidents list', { AWOOOI_API_BASE: shell.base.replace('http:', 'https:') });
    expect(tls.stderr).toContain('it speaks plain HTTP there: try http://');
    const refused = await run('incidents list', { AWOOOI_API_BASE: 'http://127.0.0.1:9' });
    expect(refused.stderr.match(/ECONNREFUSED/g)).toHaveLength(1);
  });

  it('with something else at that address ends with 1 and says so', async () => {
    const server = await startHttpServer({ handle: () => ({ status: 200, body: '<html>' }) });
    expect(await run('incidents list', { AWOOOI_API_BASE: server.url })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('something that is not the operator'),
    });
    await server.stop();
  });
});

it('has help with examples', async () => {
  expect((await run('incidents list --help')).stdout).toContain('awoooi incidents list --status open --severity critical');
  expect((await run('trace --help')).stdout).toContain('awoooi trace HighLatency');
});
