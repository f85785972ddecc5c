import { type Fields, fieldsOf, type Json, nanoseconds, unreadable } from './signoz-go.ts';

const PARTS: Readonly<Record<string, { readonly needs: readonly string[]; readonly said: string }>> = {
  hourly: { needs: ['minute'], said: 'minute must be specified for hourly schedule' },
  daily: { needs: ['hour', 'minute'], said: 'hour and minute must be specified for daily schedule' },
  weekly: { needs: ['weekday', 'hour', 'minute'], said: 'weekday, hour and minute must be specified for weekly schedule' },
  monthly: { needs: ['day', 'hour', 'minute'], said: 'day, hour and minute must be specified for monthly schedule' },
};
const BOUNDS: Readonly<Record<string, { readonly from: number; readonly to: number; readonly said: string }>> = {
  minute: { from: 0, to: 59, said: 'minute must be between 0 and 59' },
  hour: { from: 0, to: 23, said: 'hour must be between 0 and 23' },
  weekday: { from: 0, to: 6, said: 'weekday must be between 0 and 6 (Sunday=0)' },
  day: { from: 1, to: 31, said: 'day must be between 1 and 31' },
};

/** How often and over what a rule is evaluated, as it is shown. */
export function readEvaluation(value: unknown): Json {
  const fields = fieldsOf(value, 'EvaluationEnvelope');
  const kind = fields.word('kind');
  const spec = fieldsOf(fields.raw('spec'), kind === 'rolling' ? 'RollingWindow' : 'CumulativeWindow');
  if (kind === 'rolling') return { kind, spec: rolling(spec) };
  if (kind === 'cumulative') return { kind, spec: cumulative(spec) };
  throw unreadable('unknown evaluation kind');
}

function rolling(spec: Fields): Json {
  const read = (name: string): string => positive(spec.duration(name), `failed to validate rolling window: ${name}`);
  return { evalWindow: read('evalWindow'), frequency: read('frequency') };
}

function cumulative(spec: Fields): Json {
  const window = 'failed to validate cumulative window: ';
  const parts = fieldsOf(spec.raw('schedule'), 'CumulativeSchedule');
  const type = parts.word('type');
  const rule = PARTS[type];
  if (!rule) throw unreadable(`${window}invalid schedule type`);
  if (rule.needs.some(name => parts.number(name) === undefined)) throw unreadable(`${window}${rule.said}`);
  const given = Object.keys(BOUNDS).flatMap(name => {
    const at = parts.number(name);
    return at === undefined ? [] : [[name, at] as const];
  });
  for (const [name, at] of given) {
    const bounds = BOUNDS[name];
    if (bounds && (at < bounds.from || at > bounds.to)) throw unreadable(window + bounds.said);
  }
  const timezone = spec.text('timezone');
  if (!isZone(timezone)) throw unreadable(`${window}timezone is invalid`);
  const frequency = positive(spec.duration('frequency'), `${window}frequency`);
  return { schedule: { type, ...Object.fromEntries(given) }, frequency, timezone };
}

function positive(duration: string | undefined, what: string): string {
  if (duration === undefined || nanoseconds(duration) <= 0) throw unreadable(`${what} must be greater than zero`);
  return duration;
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}
