import { expect, it } from 'vitest';
import { servedFamilies } from './served-families.ts';

const up = (address: string, url = 'http://am') => ({ url, address, answered: true });
const down = (address: string, url = 'http://am') => ({ url, address, answered: false });

it.each([
  ['a family that nobody serves is left out', [up('127.0.0.1'), down('::1')], ['127.0.0.1']],
  ['either of the two', [down('10.0.0.1'), down('10.0.0.2'), up('fd00::1')], ['fd00::1']],
  ['a replica that is down stays', [up('10.0.0.1'), down('10.0.0.2')], ['10.0.0.1', '10.0.0.2']],
  [
    'also where its family is served',
    [up('10.0.0.1'), down('10.0.0.2'), up('fd00::1'), down('fd00::2')],
    ['10.0.0.1', '10.0.0.2', 'fd00::1', 'fd00::2'],
  ],
  ['all down stays', [down('127.0.0.1'), down('::1')], ['127.0.0.1', '::1']],
  ['another name is another matter', [up('127.0.0.1'), down('::1', 'http://other')], ['127.0.0.1', '::1']],
])('%s', (_, tried, left) => {
  expect(servedFamilies(tried).map(({ address }) => address)).toEqual(left);
});
