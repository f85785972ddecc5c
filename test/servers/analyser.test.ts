import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AnalyserServer, type AnalystMood, startAnalyser } from './analyser.ts';

let analyser: AnalyserServer;

beforeAll(async () => {
  analyser = await startAnalyser({ apiKey: 'k', answer: { a: 1 } });
});
afterAll(() => analyser.stop());

const QUESTION = { model: 'stand-in-1', messages: [{ role: 'user', content: 'why?' }] };

async function ask(body: unknown, { key = 'k', path = '/v1/chat/completions', method = 'POST' } = {}): Promise<unknown> {
  const payload = method === 'GET' ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
  const answer = await fetch(`${analyser.url}${path}`, { method, headers: { authorization: `Bearer ${key}` }, ...payload });
  return { status: answer.status, body: await answer.json() };
}

it.each<[string, unknown, Parameters<typeof ask>[1], number, string]>([
  ['another path', QUESTION, { path: '/chat/completions' }, 404, 'invalid_request_error'],
  ['another method', QUESTION, { method: 'GET' }, 405, 'invalid_request_error'],
  ['another key', QUESTION, { key: 'x' }, 401, 'invalid_api_key'],
  ['another model', { ...QUESTION, model: 'x' }, {}, 404, 'model_not_found'],
  ['no JSON', '{', {}, 400, 'invalid_request_error'],
  ['no messages', { ...QUESTION, messages: [] }, {}, 400, 'invalid_request_error'],
  ['a message of nobody', { ...QUESTION, messages: [{ role: 'me', content: 'x' }] }, {}, 400, 'invalid_request_error'],
])('refuses %s', async (_, body, options, status, code) => {
  expect(await ask(body, options)).toMatchObject({ status, body: { error: { code, message: expect.any(String) } } });
});

it.each<[AnalystMood, string]>([
  ['json', '{"a":1}'],
  ['talkative', '```json\n{"a":1}\n```'],
  ['nonsense', 'braces'],
  ['echo', 'why?'],
  ['plain-text-only', '{"a":1}'],
])('answers %s', async (mood, words) => {
  analyser.setMood(mood);
  expect(await ask(QUESTION)).toMatchObject({
    status: 200,
    body: { object: 'chat.completion', choices: [{ message: { role: 'assistant', content: expect.stringContaining(words) } }] },
  });
});

it('refuses response_format where it knows only text', async () => {
  analyser.setMood('plain-text-only');
  const refused = await ask({ ...QUESTION, response_format: { type: 'json_object' } });
  expect(refused).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining('response_format') } } });
});
