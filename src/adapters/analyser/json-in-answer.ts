import { parsedJson } from '../../domain/text/json.ts';

const THOUGHT_END = '</think>';
const FENCE = '```';

/** The JSON object in a model's text: servers that know no response_format let it think aloud before, and put fences around it. */
export function jsonInAnswer(text: string): unknown {
  const thought = text.lastIndexOf(THOUGHT_END);
  const said = thought < 0 ? text : text.slice(thought + THOUGHT_END.length);
  return parsedJson(said) ?? parsedJson(fenced(said)) ?? parsedJson(said.slice(said.indexOf('{'), said.lastIndexOf('}') + 1));
}

/** From the line below the first fence to the last: sought by a pattern, a text of fences would take a time that grows with its square. */
function fenced(text: string): string {
  const begin = text.indexOf('\n', text.indexOf(FENCE));
  return begin < 0 ? '' : text.slice(begin, Math.max(begin, text.lastIndexOf(FENCE)));
}
