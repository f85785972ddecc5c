import { PortError } from '../domain/ports/port-error.ts';
import type { RuleBody } from '../domain/ports/signoz-rules.ts';
import { askSignoz, nameOf } from './ask-signoz.ts';
import { type CliDeps, EXIT, type SignozSession } from './deps.ts';
import { refused } from './given.ts';
import { missingChannels } from './missing-channels.ts';
import { plain } from './output/columns.ts';
import { type WantedRule, wantedRules } from './wanted-rules.ts';

export interface TestOptions {
  readonly filename: readonly string[];
  readonly send?: boolean;
  readonly envFile?: string;
}

/** Without --send: what SigNoz would be asked to send, 0 or 2. With it, the rules are tried for good: 1 where SigNoz refuses one. */
export async function rulesTest({ filename, send = false, envFile }: TestOptions, deps: CliDeps): Promise<number> {
  const wanted = await wantedRules(filename, { syntax: await deps.promqlSyntax(), deps });
  if (!wanted.ok) return refused(wanted.problems, deps);
  if (send) return askSignoz(envFile, deps, session => sent(wanted.value, session, deps));
  for (const { key, channels, body } of wanted.value) {
    deps.stdout.write(`${key}: would be tried as ${JSON.stringify(`${nameOf({ body })}_TEST_ALERT`)}, and sent to ${told(channels)}\n`);
    deps.stdout.write(`${JSON.stringify(body, undefined, 2)}\n`);
  }
  deps.stderr.write('nothing was sent: with --send SigNoz evaluates the rules once and sends real notifications\n');
  return EXIT.passed;
}

async function sent(wanted: readonly WantedRule[], { rules, connection }: SignozSession, deps: CliDeps): Promise<number> {
  const known = await rules.channelNames(connection, deps.signal);
  let refusals = 0;
  for (const { key, channels, body } of wanted) {
    // SigNoz would take the rule, and tell nobody.
    const outcome = missingChannels(channels, known) ?? (await tried(() => rules.test(connection, testable(body), deps.signal)));
    if (typeof outcome === 'number') {
      deps.stdout.write(`${key}: ${outcome} ${outcome === 1 ? 'alert' : 'alerts'}, sent to ${told(channels)}\n`);
    } else {
      refusals++;
      deps.stderr.write(`${key}: ${outcome}\n`);
    }
  }
  if (refusals < wanted.length) {
    deps.stderr.write('that SigNoz took it is no proof that it was delivered: SigNoz only logs a failure, so look whether it has come\n');
  }
  return refusals > 0 ? EXIT.failed : EXIT.passed;
}

/** The number of alerts, or why SigNoz refuses. */
async function tried(test: () => Promise<number>): Promise<number | string> {
  try {
    return await test();
  } catch (err) {
    if (err instanceof PortError && err.fault === 'rejected') return `SigNoz refuses the rule: ${err.message}`;
    throw err;
  }
}

/** A rule that is disabled is tried as well. */
function testable(body: RuleBody): RuleBody {
  return { ...body, disabled: false };
}

function told(channels: readonly string[]): string {
  return channels.length > 0 ? channels.map(name => plain(name)).join(', ') : "whomever SigNoz' routing policies choose";
}
