import type { HopSpec } from '../crds/alertchainprobe/hop.ts';
import { type HopCause, type HopResult, isConfigurationCause } from '../domain/chain/hop-result.ts';
import { PortError } from '../domain/ports/port-error.ts';
import { excerpt } from '../domain/text/excerpt.ts';
import { type Failure, failed, type RunHop, unknown } from './hop.ts';

/** Ends a hop from wherever it stands; {@link attempt} turns it into the hop's result. */
export class HopFailure extends Error {
  override readonly name = 'HopFailure';
  readonly failure: Failure;
  /** True when the part of the chain was not even tried. */
  readonly untried: boolean;

  constructor(failure: Failure, { untried = isConfigurationCause(failure.cause), ...options }: ErrorOptions & { untried?: boolean } = {}) {
    super(failure.message, options);
    this.failure = failure;
    this.untried = untried;
  }
}

/** A hop whose HopFailures and PortErrors have become its result. Anything else it throws is a fault of ours and left to the run. */
export function attempt(run: RunHop): RunHop {
  return async (hop, ctx) => {
    try {
      return await run(hop, ctx);
    } catch (err) {
      return resultOf(hop, err);
    }
  };
}

function resultOf(hop: HopSpec, err: unknown): HopResult {
  if (err instanceof HopFailure) return err.untried ? unknown(hop, err.failure) : failed(hop, err.failure);
  if (err instanceof PortError) return resultOf(hop, new HopFailure(portFailure(err), { cause: err }));
  throw err;
}

/** A port's message names the place and the fault already: longer than a quoted body may be. */
const SENTENCE_LIMIT = 500;

/** A port's failure in the words of a hop. `where` says what was being done, where the port's message would not. */
export function portFailure(err: PortError, where?: string): Failure {
  const said = excerpt(err.message, [], SENTENCE_LIMIT);
  return {
    cause: causeOf(err),
    message: where === undefined ? said : `${where}: ${said}`,
    ...(err.statusCode !== undefined && { statusCode: err.statusCode }),
  };
}

const BY_DETAIL = {
  'name-not-resolved': 'NameNotResolved',
  refused: 'Unreachable',
  'timed-out': 'TimedOut',
  reset: 'Unreachable',
  tls: 'Unreachable',
  'address-denied': 'AddressDenied',
  redirected: 'Redirected',
  'too-large': 'AnswerTooLarge',
  'too-old': 'BadAnswer',
} as const satisfies Record<NonNullable<PortError['detail']>, HopCause>;

const BY_FAULT = {
  unreachable: 'Unreachable',
  unavailable: 'BadStatus',
  'rate-limited': 'RateLimited',
  unauthorized: 'Unauthorized',
  forbidden: 'Forbidden',
  rejected: 'BadStatus',
  unsupported: 'BadAnswer',
  malformed: 'BadAnswer',
} as const satisfies Record<PortError['fault'], HopCause>;

function causeOf({ detail, fault }: PortError): HopCause {
  return detail === undefined ? BY_FAULT[fault] : BY_DETAIL[detail];
}
