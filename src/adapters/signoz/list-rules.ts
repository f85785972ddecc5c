import { setImmediate } from 'node:timers/promises';
import { PortError } from '../../domain/ports/port-error.ts';
import type { LiveRule } from '../../domain/ports/signoz-rules.ts';
import { ListFault, listScanner } from './list-scanner.ts';
import { liveRule } from './live-rule.ts';
import { apiError } from './refusal.ts';
import { type Ask, malformed } from './signoz-api.ts';

/** Some twenty rules: what is done with them takes a few ms, and then it is others' turn. */
const SLICE_BYTES = 32 * 1024;

/** Hands over each rule as it comes. There are no pages: 10,000 rules are 14 MB, of which never more than a piece is held. */
export async function listRules(ask: Ask, see: (rule: LiveRule) => void): Promise<void> {
  const reading = readingOf(see);
  try {
    const answer = await ask({ method: 'GET', path: '/api/v2/rules', take: piece => reading.take(piece) });
    if (answer.is === 'error') throw apiError(answer);
    reading.end();
  } catch (err) {
    throw asFault(err, reading);
  } finally {
    reading.stop();
  }
}

type Reading = ReturnType<typeof readingOf>;

function readingOf(see: (rule: LiveRule) => void) {
  let seen = 0;
  let failed: { readonly err: unknown } | undefined;
  let begun = false;
  const isOver = new AbortController();
  const scanner = listScanner(element => {
    const rule = liveRule(element);
    if (!rule) throw new ListFault(`its element ${seen + 1} is no rule with an id`);
    seen++;
    see(rule);
  });

  function takeSlice(slice: Uint8Array): void {
    try {
      scanner.take(slice);
    } catch (err) {
      failed = { err };
    }
  }

  return {
    hasBegun: () => begun,
    seen: () => seen,
    async take(piece: Uint8Array): Promise<void> {
      begun = true;
      // What comes after a fault is let go by: there is nothing in it for anybody.
      for (let at = 0; at < piece.length && !failed && !isOver.signal.aborted; at += SLICE_BYTES) {
        takeSlice(piece.subarray(at, at + SLICE_BYTES));
        await setImmediate();
      }
    },
    end(): void {
      if (failed) throw failed.err;
      scanner.end();
    },
    /** After the call is over nothing more is handed over, though a piece may still be under way. */
    stop(): void {
      isOver.abort();
    },
  };
}

/** A list that ends too early is no list, whether the connection was cut or somebody before SigNoz cut it neatly. */
function asFault(err: unknown, reading: Reading): unknown {
  if (err instanceof ListFault) return malformed(`SigNoz's list of rules is not whole: ${err.message}, and so it`);
  const isCut = reading.hasBegun() && err instanceof PortError && err.detail === 'reset';
  if (!isCut) return err;
  return new PortError('malformed', `SigNoz's list of rules was cut off after ${reading.seen()} rules: ${err.message}`, {
    detail: 'reset',
  });
}
