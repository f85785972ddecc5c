const HALF_LOG_TWO_PI = 0.9189385332046727;
/** From here on the six terms of the series below are exact to a double. */
const FAR_ENOUGH = 16;
/** B(2k) / (2k (2k-1)), B being Bernoulli's numbers. */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360_360];

/** The logarithm of the gamma function for x > 0: Stirling's series (DLMF 5.11.1), after moving x up by x Γ(x) = Γ(x+1). */
function logGamma(x: number): number {
  let product = 1;
  let at = x;
  for (; at < FAR_ENOUGH; at += 1) product *= at;
  let series = 0;
  let power = at;
  for (const factor of STIRLING) {
    series += factor / power;
    power *= at * at;
  }
  return (at - 0.5) * Math.log(at) - at + HALF_LOG_TWO_PI + series - Math.log(product);
}

/** A term of the fraction that is zero would end it early. */
const TINY = 1e-300;
const MOST_TERMS = 20_000;

/** The continued fraction of the incomplete beta function (DLMF 8.17.22), by the modified method of Lentz. It converges fast below the mean. */
function fraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m <= MOST_TERMS; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    value *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    value *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return value;
}

function away(term: number): number {
  return Math.abs(term) < TINY ? TINY : term;
}

/** The share of Beta(a, b) at or below x, and its density there times x (1-x), of which the search below makes a step. */
function shareBelow(x: number, { a, b, logBeta }: { readonly a: number; readonly b: number; readonly logBeta: number }) {
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - logBeta);
  const share = x < (a + 1) / (a + b + 2) ? (front * fraction(x, a, b)) / a : 1 - (front * fraction(1 - x, b, a)) / b;
  return { share, front };
}

const MOST_STEPS = 500;

/**
 * The x below which Beta(a, b) has the share p, to 1e-9: the inverse of the regularized incomplete beta function I_x(a, b) (DLMF 8.17.2).
 * Newton's steps, halving what is known to hold the answer wherever such a step would leave it or would come nearer too slowly.
 */
export function betaQuantile(p: number, a: number, b: number): number {
  if (!(p >= 0 && p <= 1 && a > 0 && b > 0 && Number.isFinite(a + b)))
    throw new RangeError(`a quantile needs a share of 0 to 1 and positive a and b, not p = ${p}, a = ${a}, b = ${b}`);
  if (p === 0 || p === 1) return p;
  const of = { a, b, logBeta: logGamma(a) + logGamma(b) - logGamma(a + b) };
  let low = 0;
  let high = 1;
  let x = a / (a + b);
  let stride = 1;
  for (let step = 0; step < MOST_STEPS && stride > 1e-15; step += 1) {
    const { share, front } = shareBelow(x, of);
    if (share < p) low = x;
    else high = x;
    const newton = x - ((share - p) * x * (1 - x)) / front;
    const isGood = newton > low && newton < high && Math.abs(newton - x) < stride / 2;
    const next = isGood ? newton : (low + high) / 2;
    stride = Math.abs(next - x);
    x = next;
  }
  return x;
}
