import { parsedJson } from '../../domain/text/json.ts';

/** The JSON object in a model's text: servers that know no response_format let it think aloud before, and put fences around it. */
export function jsonInAnswer(text: string): unknown {
  const said = text.replaceAll(/<think>[\s\S]*?<\/think>/g, '').trim();
  const [, fenced = ''] = /```(?:json)?[ \t]*\n([\s\S]*?)\n[ \t]*```/i.exec(said) ?? [];
  const bare = said.slice(said.indexOf('{'), said.lastIndexOf('}') + 1);
  return parsedJson(said) ?? parsedJson(fenced) ?? parsedJson(bare);
}
