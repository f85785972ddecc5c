/** A time as Go, Python and people write it; the zone may be missing, and blanks may stand where none belong. */
const WRITTEN = /^(\d{4}-\d{2}-\d{2})[Tt ]\s*(\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)\s*(Z|z|UTC|[+-]\d{2}:?\d{2})?$/;
/** Seconds since 1970, or milliseconds. */
const COUNTED = /^\d{9,10}(\.\d+)?$|^\d{12,13}$/;
const FIRST_MS = 1e11;
/** As Alertmanager and SigNoz write it, and there is none. */
const GO_ZERO = '0001-01-01T00:00:00Z';
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/**
 * A time of a payload; one without a zone is UTC. Undefined for what is none, and for Go's zero time, the year 1, by which Alertmanager
 * says that there is none.
 */
export function alertTime(value: unknown): Date | undefined {
  if (value === GO_ZERO || (typeof value !== 'string' && typeof value !== 'number')) return undefined;
  const text = String(value).trim();
  const ms = RFC_3339.test(text) ? Date.parse(text) : COUNTED.test(text) ? counted(Number(text)) : Date.parse(zoned(text));
  return ms > 0 ? new Date(ms) : undefined;
}

function counted(number: number): number {
  return Math.floor(number < FIRST_MS ? number * 1000 : number);
}

function zoned(text: string): string {
  const [, day, time, zone = 'Z'] = WRITTEN.exec(text) ?? [];
  if (day === undefined || time === undefined) return '';
  return `${day}T${time.replace(',', '.')}${/^z|utc$/i.test(zone) ? 'Z' : zone.replace(/^([+-]\d{2}):?(\d{2})$/, '$1:$2')}`;
}
