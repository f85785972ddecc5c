/** Go's own, and those of SigNoz's expander that a live server took (contracts/signoz.md, section 10.1). */
const FUNCTIONS =
  'and or not len index slice print printf println html js urlquery call eq ne lt le gt ge true false nil ' +
  'title toUpper toLower match reReplaceAll args externalURL pathPrefix safeHtml strvalue ' +
  'humanize humanize1024 humanizeDuration humanizeTimestamp sortByLabel';
const KEYWORDS = 'if else end range with define template block break continue';
const KNOWN = new Set(`${FUNCTIONS} ${KEYWORDS}`.split(' '));

/** What Go's parser says of the template in a label or annotation, at most one sentence. */
export function templateErrors(alert: string, text: string): string[] {
  const said = (what: string): string[] => [`template parsing error: template: __alert_${alert}:1: ${what}`];
  const actions = text.split('{{').slice(1);
  if (actions.some(action => !action.includes('}}'))) return said('unclosed action');
  for (const action of actions) {
    const code = action.slice(0, action.indexOf('}}')).replaceAll(/"(?:[^"\\]|\\.)*"|`[^`]*`|\/\*.*?\*\//gs, '""');
    const words = [...code.matchAll(/(?<![\w$.])[A-Za-z_]\w*/g)].map(([word]) => word);
    const unknown = words.find(word => !KNOWN.has(word));
    if (unknown !== undefined) return said(`function "${unknown}" not defined`);
  }
  return [];
}

/** What a notification says where the template named a label, the value or the threshold. */
export function expanded(text: string, known: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{\{\s*\$(?:labels\.)?([\w.]+)\s*\}\}/g, (_, name) => known[String(name)] ?? '<no value>');
}
