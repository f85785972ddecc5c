import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { Root } from '../parts/installed.ts';

/** One piece of a pipeline that a shell runs, in the pipeline's order. */
export interface PipelineStep {
  readonly name: string;
  readonly script: string;
  /** As written: with `${{ … }}` in GitHub's, `$NAME` in GitLab's. */
  readonly env: Readonly<Record<string, string>>;
}

const Variables = z.record(z.string(), z.string()).default({});

const Workflow = z.object({
  jobs: z.object({
    deploy: z.object({
      env: Variables,
      steps: z.array(z.object({ name: z.string().default(''), run: z.string().optional(), uses: z.string().optional(), env: Variables })),
    }),
  }),
});

const GitlabJob = z.object({
  stage: z.string(),
  script: z.array(z.string()),
  after_script: z.array(z.string()).default([]),
  variables: Variables,
});
const Gitlab = z.looseObject({ stages: z.array(z.string()) });

const yamlOf = (file: string): unknown => parse(readFileSync(join(Root, 'examples/gates', file), 'utf8'));

/** The steps of the GitHub Actions job that run something; the others are actions of somebody else. */
export function githubSteps(): PipelineStep[] {
  const { env, steps } = Workflow.parse(yamlOf('github-actions.yaml')).jobs.deploy;
  return steps.flatMap(({ name, run, env: own }) => (run === undefined ? [] : [{ name, script: run, env: { ...env, ...own } }]));
}

/** The jobs of the GitLab pipeline, by stage. */
export function gitlabSteps(): PipelineStep[] {
  const { stages, ...rest } = Gitlab.parse(yamlOf('gitlab-ci.yaml'));
  const jobs = Object.entries(rest).flatMap(([name, job]) => {
    const parsed = GitlabJob.safeParse(job);
    return parsed.success ? [{ name, ...parsed.data }] : [];
  });
  return stages.flatMap(stage =>
    jobs
      .filter(job => job.stage === stage)
      .map(({ name, script, after_script: after, variables: env }) => {
        // What comes after runs however the script ended, which decides.
        const ends = after.length === 0 ? '' : `trap ${JSON.stringify(after.join('\n'))} EXIT\n`;
        return { name, script: ends + script.join('\n'), env };
      }),
  );
}
