import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Root } from '../parts/installed.ts';
import { removeFolder, runFolder } from '../parts/run-folder.ts';
import { githubSteps, gitlabSteps } from './pipelines.ts';

const textOf = (file: string): string => readFileSync(join(Root, 'examples/gates', file), 'utf8');
const GITHUB = textOf('github-actions.yaml');
const GITLAB = textOf('gitlab-ci.yaml');

const folder = runFolder('pipelines');
// gitlab-ci-local works in a clone.
spawnSync('git', ['init', '--quiet', folder]);
afterAll(() => removeFolder(folder));

// GitHub's parser imports JSON as bundlers let it, without the attribute that Node asks for.
registerHooks({
  load: (url, context, next) => next(url, url.endsWith('.json') ? { ...context, importAttributes: { type: 'json' } } : context),
});
const { NoOperationTraceWriter, parseWorkflow } = await import('@actions/workflow-parser');

/** What GitHub's own parser finds wrong with a workflow. */
function githubProblems(content: string): string[] {
  const { context } = parseWorkflow({ name: 'deploy.yaml', content }, new NoOperationTraceWriter());
  return context.errors.getErrors().map(({ message }) => message);
}

it('the GitHub Actions workflow is one by the parser of GitHub, which finds what is wrong', () => {
  expect(githubProblems(GITHUB)).toEqual([]);
  expect(githubProblems(GITHUB.replace('runs-on:', 'run-on:'))).toEqual([expect.stringContaining("'run-on'"), expect.anything()]);
  expect(githubProblems(GITHUB.replace('secrets.TG_BOT_TOKEN }}', 'secret.TG_BOT_TOKEN }}'))).toEqual([
    expect.stringContaining("Unrecognized named-value: 'secret'"),
  ]);
});

/** What gitlab-ci-local says, which holds a file to the JSON Schema of GitLab. */
function gitlabSays(content: string): { status: number | null; said: string } {
  writeFileSync(join(folder, '.gitlab-ci.yml'), content);
  const program = join(Root, 'node_modules/gitlab-ci-local/dist/index.js');
  const env = { PATH: process.env['PATH'], HOME: folder };
  const options = { cwd: folder, encoding: 'utf8', env, timeout: 30_000 } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, '--list'], options);
  return { status, said: stdout + stderr };
}

it('the GitLab pipeline is one by the schema of GitLab, which finds what is wrong', () => {
  const { status, said } = gitlabSays(GITLAB);
  expect(said).toMatch(/chain-before .*\n.*deploy .*\n.*chain-after /);
  expect(status).toBe(0);
  expect(gitlabSays(GITLAB.replace('resource_group:', 'resource_groups:'))).toMatchObject({
    status: 1,
    said: expect.stringContaining("'resource_groups' property is not expected"),
  });
});

const GATE = 'sh examples/gates/chain-gate.sh shop/release-gate 180';

it.each([
  ['GitHub Actions', githubSteps()],
  ['GitLab CI', gitlabSteps()],
])('%s asks before the deployment and after it, and shows the bot token to the two alone that tell of a failure', (_, steps) => {
  const scripts = steps.map(({ script }) => script.trim());
  const before = scripts.findIndex(script => script.includes('probe run -f probe.yaml'));
  const deploy = scripts.findIndex(script => script.includes('kubectl apply'));
  expect([before, deploy, scripts.indexOf(GATE)]).toEqual([before, before + 1, before + 2]);
  // GitLab gives the variables of a project to every job; a masked one is blotted out of the logs.
  const told = steps.filter(({ env }) => 'TG_BOT_TOKEN' in env).map(({ name }) => name);
  expect(told).toEqual(_ === 'GitLab CI' ? [] : [steps[before]?.name, steps.at(-1)?.name]);
  expect(scripts.filter(script => /\$\{?TG_BOT_TOKEN/.test(script))).toEqual([]);
});

it.each([
  ['shop/release-gate', '3m', 'SECONDS is to be a whole number such as 180, without a unit, and is 3m'],
  ['release-gate', '180', 'the probe is to be given as NAMESPACE/PROBE'],
])('the gate asks for nothing when it is called with %s %s, and says why', (probe, seconds, why) => {
  const gate = join(Root, 'examples/gates/chain-gate.sh');
  const { status, stdout, stderr } = spawnSync('sh', [gate, probe, seconds], { env: { PATH: process.env['PATH'] }, encoding: 'utf8' });
  expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: expect.stringContaining(why) });
});
