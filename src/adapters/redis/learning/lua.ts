import { HALF_LIFE_MS, REFERENCE_MS } from '../../../domain/outcomes/decay.ts';
import { KNOWN_IDS } from '../../../domain/outcomes/limits.ts';
import { LUA_NOW } from '../script.ts';

/** Of base64url, of the digest of an id. */
export const ID_CHARACTERS = 10;
/** Beyond, those that are not promised are forgotten: not at each outcome, which would copy all of them for nothing. */
const MOST_IDS = KNOWN_IDS + 200;

/**
 * What the scripts of learning share. KEYS[1] is `awoooi:{pNN}`; every key begins with it, or with its tag, and so lies in its slot.
 * Times are of Redis's clock, in milliseconds. They are below 1e14, so that Lua writes them in full.
 * Ids that are known stand one behind the other, each by its digest. Sums decay from one reference (`decay.ts`), in full precision.
 */
export const LUA_LEARNING = `${LUA_NOW}
local base, call = KEYS[1], redis.call
local function remembers(ids, id)
  local at = string.find(ids, id, 1, true)
  while at and at % ${ID_CHARACTERS} ~= 1 do at = string.find(ids, id, at + 1, true) end
  return at ~= nil
end
local function remembering(ids, id)
  if #ids >= ${MOST_IDS * ID_CHARACTERS} then ids = string.sub(ids, -${(KNOWN_IDS - 1) * ID_CHARACTERS}) end
  return ids .. id
end
local function happenedAt(given)
  return math.min(tonumber(given) or now, now)
end
local function added(sum, at)
  return string.format('%.17g', tonumber(sum) + 2 ^ ((at - ${REFERENCE_MS}) / ${HALF_LIFE_MS}))
end
`;
