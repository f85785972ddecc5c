/** Go's own, and those of SigNoz's expander (contracts/signoz.md, section 10.1). */
const KNOWN: ReadonlySet<string> = new Set(
  (
    'true false nil and call html index slice js len not or print printf println urlquery eq ge gt le lt ne ' +
    'title toUpper toLower match reReplaceAll args externalURL pathPrefix safeHtml strvalue sortByLabel ' +
    'humanize humanize1024 humanizeDuration humanizeTimestamp'
  ).split(' '),
);

/** What comes of a value that has gone through one of these is no longer the value: leaving the function out would say another thing. */
const COMPUTING: ReadonlySet<string> = new Set('and call index slice len not or eq ge gt le lt ne match args sortByLabel'.split(' '));

/** The unit in which SigNoz shows a value much as the function did. */
const UNITS: Readonly<Record<string, string>> = { humanizePercentage: 'percentunit', humanizeDuration: 's', humanize1024: 'bytes' };

export function isKnownFunction(name: string): boolean {
  return KNOWN.has(name);
}

export function computes(name: string): boolean {
  return COMPUTING.has(name);
}

export function unitAskedBy(name: string): string | undefined {
  return Object.hasOwn(UNITS, name) ? UNITS[name] : undefined;
}
