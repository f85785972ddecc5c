import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { translatedText } from '../src/domain/promql/annotation-template.ts';
import { pathOf } from './parts/installed.ts';

/** Good and bad; each of them is judged by Go's own parser as well, which promtool holds. */
const TEMPLATES: readonly string[] = [
  'plain',
  '',
  'a } b { c }} d',
  '{{ $value }}',
  '{{$value}}',
  '{{-$value}}',
  '{{- $value -}}',
  '{{ $value -}}',
  '{{ $value-}}',
  '{{ $value - }}',
  '{{-5}}',
  '{{ -5 }}',
  '{{ .5 }}',
  '{{ 0x1F }}',
  '{{ 1e3 }}',
  '{{ 1e }}',
  '{{ 5x }}',
  '{{ "a',
  '{{ "a }}',
  '{{ "a\\q" }}',
  '{{ "a\\n\\x41\\u00e9\\101" }}',
  '{{ "a\\\'" }}',
  "{{ 'c' }}",
  "{{ 'cc' }}",
  "{{ '\\n' }}",
  '{{ `raw\\q` }}',
  '{{ `a\nb` }}',
  '{{ "a\nb" }}',
  '{{/* c */}}',
  '{{ /* c */}}',
  '{{/* c */ }}',
  '{{- /* c */ -}}',
  '{{-  /* c */ -}}',
  '{{/* c',
  '{{ }}',
  '{{}}',
  '{{ | }}',
  '{{ $value | printf "%f" }}',
  '{{ print ($value }}',
  '{{ print $value) }}',
  '{{ print (print (print 1)) }}',
  '{{ print"a" }}',
  '{{ print$value }}',
  '{{ $labels.pod.x }}',
  '{{ $labels.a-b }}',
  '{{ (index $labels "a").b }}',
  '{{ $x := 1 }}{{ print $x }}',
  '{{ $x = 1 }}',
  '{{ $value = 1 }}',
  '{{ $x, $y := 1 }}',
  '{{ range $x, $y := $labels }}{{ $x }}{{ $y }}{{ end }}',
  '{{ range $x := $labels }}{{ break }}{{ else }}{{ end }}',
  '{{ break }}',
  '{{ continue }}',
  '{{ if true }}{{ continue }}{{ end }}',
  '{{ range $labels }}{{ if true }}{{ continue }}{{ end }}{{ end }}',
  '{{ if true }}',
  '{{ if true }}{{ else }}{{ else }}{{ end }}',
  '{{ if true }}{{ else }}{{ else if true }}{{ end }}',
  '{{ if true }}{{ else if true }}{{ else }}{{ end }}',
  '{{ if }}{{ end }}',
  '{{ else }}',
  '{{ end }}',
  '{{ end 1 }}',
  '{{ if true }}{{ else 1 }}{{ end }}',
  '{{ with $labels.a }}{{ . }}{{ else with $labels.b }}{{ . }}{{ end }}',
  '{{ define "a" }}x{{ end }}{{ template "a" . }}',
  '{{ define "a" }}x',
  '{{ define a }}x{{ end }}',
  '{{ if true }}{{ define "a" }}{{ end }}{{ end }}',
  '{{ template a }}',
  '{{ template "a" }}',
  '{{ block "b" . }}x{{ end }}',
  '{{ block "b" }}x{{ end }}',
  '{{ @ }}',
  '{{ {{ }}',
  '{{ nil }}',
  '{{ "a" | 1 }}',
];

/** The numbers of those that Go refuses, with what it says. */
function refusedByGo(): ReadonlyMap<number, string> {
  const rules = TEMPLATES.map((text, n) => ({ alert: `T${n}`, expr: 'up', annotations: { text } }));
  const input = stringify({ groups: [{ name: 'templates', rules }] });
  const { stdout, stderr } = spawnSync(pathOf('promtool'), ['check', 'rules'], { input, encoding: 'utf8', timeout: 30_000 });
  const found = `${stdout}${stderr}`.matchAll(/"T(\d+)": annotation "text": ([^\n]*)/g);
  return new Map([...found].map(([, n, said = '']) => [Number(n), said]));
}

describe('a template', () => {
  let refused: ReadonlyMap<number, string> = new Map();
  beforeAll(() => {
    refused = refusedByGo();
  });

  it('is refused by Go for some of these', () => {
    expect(refused.size).toBeGreaterThan(20);
  });

  it.each(TEMPLATES.map((text, n) => [text, n] as const))('is refused where Go refuses it: %s', (text, n) => {
    const result = translatedText(text, { field: 'annotations.text', foreign: true });
    const told = result.ok ? 'taken' : 'refused';
    expect({ told, go: refused.get(n) }).toEqual({ told: refused.has(n) ? 'refused' : 'taken', go: refused.get(n) });
  });
});
