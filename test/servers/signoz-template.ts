/** Go's own, and those of SigNoz's expander that a live server took (contracts/signoz.md, section 10.1). */
const FUNCTIONS =
  'and or not len index slice print printf println html js urlquery call eq ne lt le gt ge true false nil ' +
  'title toUpper toLower match reReplaceAll args externalURL pathPrefix safeHtml strvalue ' +
  'humanize humanize1024 humanizeDuration humanizeTimestamp sortByLabel';
const KEYWORDS = 'if else end range with define template block break continue';
const KNOWN = new Set(`${FUNCTIONS} ${KEYWORDS}`.split(' '));

const OPENING = /^(?:if|range|with|define|block)\b/;

/** What Go's parser says of the template in a label or annotation, at most one sentence. */
export function templateErrors(alert: string, text: string): string[] {
  const fault = templateFault(text);
  return fault === undefined ? [] : [`template parsing error: template: __alert_${alert}:1: ${fault}`];
}

function templateFault(text: string): string | undefined {
  const actions = text.split('{{').slice(1);
  if (actions.some(action => !action.includes('}}'))) return 'unclosed action';
  let open = 0;
  for (const action of actions) {
    const code = codeOf(action);
    const fault =
      actionFault(code) ?? (open === 0 && /^(?:end|else)\b/.test(code) ? `unexpected {{${code.slice(0, 4).trim()}}}` : undefined);
    if (fault !== undefined) return fault;
    if (OPENING.test(code)) open++;
    else if (code === 'end') open--;
  }
  return open === 0 ? undefined : 'unexpected EOF';
}

/** Without trim markers and comments, texts emptied. */
function codeOf(action: string): string {
  const inside = action.slice(0, action.indexOf('}}')).replace(/^-\s/, '').replace(/\s-$/, '');
  return inside.replaceAll(/"(?:[^"\\]|\\.)*"|`[^`]*`/gs, '""').trim();
}

function actionFault(code: string): string | undefined {
  if (/^\/\*.*\*\/$/s.test(code)) return undefined;
  if (/^(?:|if|range|with)$/.test(code)) return 'missing value for command';
  const words = [...code.matchAll(/(?<![\w$.])[A-Za-z_]\w*/g)].map(([word]) => word);
  const unknown = words.find(word => !KNOWN.has(word));
  if (unknown !== undefined) return `function "${unknown}" not defined`;
  const parens = code.split('(').length - code.split(')').length;
  if (parens !== 0) return parens > 0 ? 'unclosed left paren' : 'unexpected right paren';
  return /\|\s*$/.test(code) ? 'missing value for command' : undefined;
}

/** What a notification says where the template named a label, the value or the threshold. */
export function expanded(text: string, known: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{\{\s*(?:\$(?:labels\.)?|\.Labels\.)([\w.]+)\s*\}\}/g, (_, name) => known[String(name)] ?? '<no value>');
}
