import { isRecord } from '../../src/domain/text/json.ts';
import { badRequest, type Params } from './telegram-answers.ts';
import { parsedHtml } from './telegram-html.ts';

export interface StandInButton {
  readonly text: string;
  readonly data: string;
}

const MOST_DATA_BYTES = 64;

/** The text that people see, after every check of the Bot API. */
export function checkedText({ text, parse_mode: mode }: Params): { text: string; parseMode?: string } {
  if (typeof text !== 'string' || text === '') throw badRequest('message text is empty');
  if (!text.isWellFormed()) throw badRequest('strings must be encoded in UTF-8');
  if (Buffer.byteLength(text) > 32_768) throw badRequest('text is too long');
  if (mode !== undefined && mode !== 'HTML') throw badRequest('unsupported parse_mode');
  const parsed = mode === 'HTML' ? parsedHtml(text) : { is: 'text' as const, text };
  if (parsed.is === 'error') throw badRequest(`can't parse entities: ${parsed.error}`);
  if (parsed.text.trim() === '') throw badRequest('message text is empty');
  if (Array.from(parsed.text).length > 4096) throw badRequest('message is too long');
  return { text: parsed.text, ...(mode === 'HTML' && { parseMode: mode }) };
}

/** The buttons of an inline keyboard, row by row; none where there is no keyboard. */
export function checkedButtons({ reply_markup: markup }: Params): StandInButton[][] {
  if (markup === undefined) return [];
  const rows = isRecord(markup) ? markup['inline_keyboard'] : undefined;
  if (!Array.isArray(rows)) throw badRequest("object expected as reply markup, or field 'inline_keyboard' is missing");
  return rows.map((row: unknown) => {
    if (!Array.isArray(row)) throw badRequest('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays');
    return row.map(checkedButton);
  });
}

function checkedButton(button: unknown): StandInButton {
  const { text, callback_data: data } = isRecord(button) ? button : {};
  if (typeof text !== 'string') throw badRequest('can\'t parse inline keyboard button: Can\'t find field "text"');
  if (typeof data !== 'string' || data === '') {
    throw badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard");
  }
  if (text.trim() === '' || Buffer.byteLength(data) > MOST_DATA_BYTES) throw badRequest('BUTTON_DATA_INVALID');
  return { text, data };
}
