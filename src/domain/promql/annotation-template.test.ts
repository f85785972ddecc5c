import { describe, expect, it } from 'vitest';
import { templateErrors } from '../../../test/servers/signoz-template.ts';
import { translatedText } from './annotation-template.ts';

const field = 'annotations.summary';

function translated(text: string, foreign = true) {
  const result = translatedText(text, { field, foreign });
  if (!result.ok) throw new Error(result.refusals.map(({ message }) => message).join('; '));
  return { text: result.text, units: result.units, notes: result.notes.map(({ code }) => code) };
}

const TRANSLATED: readonly (readonly [string, string, string])[] = [
  ['no template', 'plain text, 5 % of {it}', 'plain text, 5 % of {it}'],
  ['the value', 'at {{ $value }} now', 'at {{$value}} now'],
  ['a label as SigNoz writes it', '{{.Labels.instance}}', '{{.Labels.instance}}'],
  ['the value without spaces', '{{$value}}', '{{$value}}'],
  ['the threshold', 'over {{ $threshold }}', 'over {{$threshold}}'],
  ['a label', '{{ $labels.instance }}', '{{ .Labels.instance }}'],
  ['a label with dots', '{{ $labels.service.name }}', '{{ .Labels.service_name }}'],
  ['a label by its place in the data', '{{ .Labels.instance }} {{ .Value }}', '{{ .Labels.instance }} {{ .Value }}'],
  ['a label by index', '{{ index $labels "app.kubernetes.io/name" }}', '{{ index $labels "app_kubernetes_io_name" }}'],
  ['a label by index, raw', '{{ index $labels `a-b` }}', '{{ index $labels "a_b" }}'],
  ['a label through a pipe', '{{ $labels.job | toUpper }}', '{{ $labels.job | toUpper }}'],
  ['a function of SigNoz on a label', '{{ reReplaceAll ":.*" "" $labels.instance }}', '{{ reReplaceAll ":.*" "" $labels.instance }}'],
  ['a percentage', '{{ $value | humanizePercentage }}', '{{$value}}'],
  ['a percentage, as a call', '{{ humanizePercentage $value }}', '{{$value}}'],
  ['a percentage of what the data holds', '{{ .Value | humanizePercentage }}', '{{ .Value }}'],
  ['printf', '{{ printf "%.2f" $value }}', '{{$value}}'],
  ['printf through a pipe', '{{ $value | printf "%.2f" }}%', '{{$value}}%'],
  ['printf with text', '{{ printf "%.1f%% of %s" $value $labels.device }}', '{{$value}}% of {{ .Labels.device }}'],
  ['printf with another verb', '{{ printf "%q: %.0f" $labels.a $value }}', '{{ printf "%q" $labels.a }}: {{$value}}'],
  ['printf of labels only', '{{ printf "%s/%s" $labels.namespace $labels.pod }}', '{{ printf "%s/%s" $labels.namespace $labels.pod }}'],
  ['nested functions', '{{ humanize (printf "%.3f" ($value)) }}', '{{$value}}'],
  ['a chain of pipes', '{{ $value | printf "%.0f" | humanizeDuration }}', '{{$value}}'],
  ['trim markers', 'a {{- $value | humanize -}} b', 'a {{- $value -}} b'],
  ['trim markers around pieces', 'a {{- printf " at %.1f" $value -}} b', 'a {{- " at " }}{{ $value -}} b'],
  ['a comment', 'a {{/* $value | query */}} b', 'a {{/* $value | query */}} b'],
  ['a comment over lines', 'a {{- /* one\n two */ -}} b', 'a {{- /* one two */ -}} b'],
  ['braces within a string', '{{ "}}{{" }}', '{{ "}}{{" }}'],
  ['a condition on a label', '{{ if eq $labels.env "prod" }}P{{ else }}T{{ end }}', '{{ if eq $labels.env "prod" }}P{{ else }}T{{ end }}'],
  [
    'else if, else with',
    '{{ if $labels.a }}{{ else if $labels.b }}{{ else }}{{ end }}{{ with $labels.c }}{{ . }}{{ else with $labels.d }}{{ . }}{{ end }}',
    '{{ if $labels.a }}{{ else if $labels.b }}{{ else }}{{ end }}{{ with $labels.c }}{{ . }}{{ else with $labels.d }}{{ . }}{{ end }}',
  ],
  [
    'the dot of a with on the value',
    '{{ with $value }}{{ . | humanize }} {{ $labels.a }}{{ end }}',
    '{{ with $value }}{{ . }} {{ index $labels "a" }}{{ end }}',
  ],
  ['the dot after the end', '{{ with $value }}{{ end }}{{ .Labels.a }}', '{{ with $value }}{{ end }}{{ .Labels.a }}'],
  ['a range', '{{ range $k, $v := $labels }}{{ $k }}={{ $v }} {{ end }}', '{{ range $k, $v := $labels }}{{ ($k) }}={{ ($v) }} {{ end }}'],
  ['a variable that holds the value', '{{ $v := $value | humanize }}{{ $v }}', '{{ $v := $value }}{{ ($v) }}'],
  ['a variable used in a function', '{{ $v := $value }}{{ printf "%.1f" $v }}', '{{ $v := $value }}{{ ($v) }}'],
  ['the data by name', '{{ $.Labels.pod }} {{ $.Value | humanize }}', '{{ ($.Labels.pod) }} {{ ($.Value) }}'],
  ['an action over lines', '{{ if\n  $labels.a\n}}x{{ end }}', '{{ if $labels.a }}x{{ end }}'],
  ['a word after a dollar', 'run `echo $HOME`, pay $ 5', 'run `echo {{ "$" }}HOME`, pay $ 5'],
  ['where Prometheus is', '{{ $externalURL }}/alerts {{ .ExternalURL }}', '{{ externalURL }}/alerts {{ externalURL }}'],
  ['external labels', '{{ $externalLabels.cluster }}', '{{ $externalLabels.cluster }}'],
  ['a template of its own', '{{ define "x" }}a{{ end }}{{ template "x" . }}', '{{ define "x" }}a{{ end }}{{ template "x" . }}'],
];

describe('a text of an annotation or label', () => {
  it.each(TRANSLATED)('is translated: %s', (_, text, expected) => {
    expect(translated(text).text).toBe(expected);
  });

  it.each(TRANSLATED)('is its own translation, once translated: %s', (_, __, expected) => {
    expect(translated(expected, false).text).toBe(expected);
  });

  // The stand-in reads the braces of a string as those of an action.
  it.each(TRANSLATED.filter(([name]) => name !== 'braces within a string'))('is taken by SigNoz: %s', (_, text) => {
    expect(templateErrors('x', translated(text).text)).toEqual([]);
  });

  it.each([
    ['query', '{{ query "up" | first | value }}', 'UnknownFunction', 'query'],
    ['tableLink', '{{ tableLink "up" }}', 'UnknownFunction', 'tableLink'],
    ['graphLink', '{{ graphLink "up" }}', 'UnknownFunction', 'graphLink'],
    ['stripPort', '{{ stripPort $labels.instance }}', 'UnknownFunction', 'stripPort'],
    ['stripDomain', '{{ $labels.instance | stripDomain }}', 'UnknownFunction', 'stripDomain'],
    ['parseDuration', '{{ parseDuration "1h" }}', 'UnknownFunction', 'parseDuration'],
    ['toTime on the value', '{{ $value | toTime }}', 'UnknownFunction', 'toTime'],
    ['urlQueryEscape', '{{ urlQueryEscape $labels.a }}', 'UnknownFunction', 'urlQueryEscape'],
    ['now', '{{ now }}', 'UnknownFunction', 'now'],
    ['toJson', '{{ toJson $labels }}', 'UnknownFunction', 'toJson'],
    ['label, as an argument', '{{ print (label "a" .) }}', 'UnknownFunction', 'label'],
    ['first, in a condition', '{{ if first (query "up") }}{{ end }}', 'UnknownFunction', 'query'],
    ['a function that nobody has', '{{ shout $value }}', 'UnknownFunction', 'shout'],
    ['humanizePercentage on a number', '{{ humanizePercentage 0.5 }}', 'UnknownFunction', 'humanizePercentage'],
    ['a comparison of the value', '{{ if gt $value 0.5 }}high{{ end }}', 'ValueComputed', 'gt is applied'],
    ['the value as a condition', '{{ if $value }}x{{ end }}', 'ValueComputed', 'if'],
    ['printf with text within an expression', '{{ $x := printf "%.1f%%" $value }}', 'ValueComputed', '{{$value}}'],
    ['an unknown variable', '{{ $foo }}', 'UnknownVariable', '$foo'],
    ['a variable after its block', '{{ if $labels.a }}{{ $x := 1 }}{{ end }}{{ $x }}', 'UnknownVariable', '$x'],
    ['a field that SigNoz does not give', '{{ .ExternalLabels.cluster }}', 'UnknownField', '.ExternalLabels'],
    ['an unclosed action', 'at {{ $value', 'InvalidTemplate', 'never closed'],
    ['an unclosed string', 'at {{ "a }}', 'InvalidTemplate', 'string'],
    ['an unclosed parenthesis', '{{ print (print 1 }}', 'InvalidTemplate', 'parenthesis'],
    ['a hundred thousand parentheses', `{{ print ${'('.repeat(100_000)} }}`, 'InvalidTemplate', 'too deeply'],
    ['an unclosed if', '{{ if $labels.a }}x', 'InvalidTemplate', 'add {{ end }}'],
    ['an end too many', 'x{{ end }}', 'InvalidTemplate', 'remove it'],
    ['a comment after a space', '{{ /* no */}}', 'InvalidTemplate', '"/*"'],
    ['a comment before a space', '{{/* no */ }}', 'InvalidTemplate', '"/*"'],
    ['an empty action', '{{ }}', 'InvalidTemplate', 'empty'],
    ['a dash in a label', '{{ $labels.a-b }}', 'InvalidTemplate', '".a-b"'],
  ])('is refused by name: %s', (_, text, code, word) => {
    const result = translatedText(text, { field, foreign: true });
    expect(result).toMatchObject({ ok: false, refusals: [{ code, field }] });
    expect(result.ok ? '' : result.refusals[0]?.message).toContain(word);
    expect(result.ok ? '' : result.refusals[0]?.message).toContain(field);
  });

  it('names every action that is refused', () => {
    const result = translatedText('{{ query "up" }} {{ now }} {{ $value }}', { field });
    expect(result.ok ? [] : result.refusals.map(({ message }) => message.includes('query') || message.includes('now'))).toEqual([
      true,
      true,
    ]);
  });

  it.each([
    ['a word without end', `{{ ${'x'.repeat(1_000_000)} }}`],
    ['a hundred thousand actions', '{{ now }}'.repeat(100_000)],
    ['a hundred thousand groups', `{{ print ${'(1) '.repeat(100_000)} | now }}`],
  ])('is refused in few words, whatever its length: %s', (_, text) => {
    const result = translatedText(text, { field });
    expect(result.ok ? '' : result.refusals.map(({ message }) => message).join('\n')).toMatch(/^annotations\.summary: .{1,8000}$/s);
  });

  it.each([
    ['{{ $value | humanizePercentage }}', ['percentunit']],
    ['{{ humanizeDuration $value }}', ['s']],
    ['{{ $value | humanize1024 }}B', ['bytes']],
    ['{{ humanize $value }}', []],
    ['{{ $value | humanizePercentage }} {{ $value | humanizeDuration }}', ['percentunit', 's']],
  ])('asks for the unit in which %s is shown', (text, units) => {
    expect(translated(text).units).toEqual(units);
  });

  it.each([
    ['{{ humanize $value }}', ['FunctionDropped']],
    ['{{ index $labels "a-b" }}', ['LabelRenamed']],
    ['costs $5', ['DollarEscaped']],
    ['{{ $externalLabels.cluster }}', ['NoExternalLabels']],
    ['{{ $value }} {{ $labels.pod }}', []],
  ])('says what was changed in %s', (text, notes) => {
    expect(translated(text).notes).toEqual(notes);
  });

  it('keeps what only SigNoz knows where the text was written for SigNoz', () => {
    expect(translated('{{ $service.name }} of $host.name', false).text).toBe('{{$service.name}} of $host.name');
  });
});
