import type { Notice } from './notice.ts';

/** Telegram counts 4096 characters after parsing; the message itself is far shorter. */
const MESSAGE_LIMIT = 3000;

/** The notice as HTML for Telegram's Bot API: bold, code and escaped text, nothing else. */
export function noticeHtml(notice: Notice): string {
  const { kind, probe, since, hop, cause, message } = notice;
  const facts = [
    ...(hop === undefined ? [] : [`Hop: <code>${html(hop)}</code>`]),
    ...(cause === undefined ? [] : [`Cause: <code>${html(cause)}</code>`]),
  ];
  const head = kind === 'Broken' ? '🔴 <b>Alert chain broken</b>' : '🟢 <b>Alert chain recovered</b>';
  return [`${head}: <code>${html(probe)}</code>`, ...facts, html(cut(message)), `Since ${html(since)}`].join('\n');
}

/** The notice as a JSON document, for a webhook. */
export function noticeJson({ kind, probe, since, hop, cause, message }: Notice): string {
  const status = kind === 'Broken' ? 'broken' : 'recovered';
  return JSON.stringify({ source: 'awoooi-operator', status, probe, hop, cause, message, since });
}

/** Telegram's HTML knows these three by name (Bot API, formatting options). */
function html(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function cut(text: string): string {
  const characters = Array.from(text);
  return characters.length > MESSAGE_LIMIT ? `${characters.slice(0, MESSAGE_LIMIT).join('')}…` : text;
}
