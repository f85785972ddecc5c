/** The functions of Prometheus 3.5 that need no feature flag. The grammar knows newer ones, which no server of that age runs. */
const FUNCTIONS: ReadonlySet<string> = new Set(
  `abs absent absent_over_time acos acosh asin asinh atan atanh avg_over_time ceil changes clamp clamp_max clamp_min cos cosh
  count_over_time day_of_month day_of_week day_of_year days_in_month deg delta deriv exp floor histogram_avg histogram_count
  histogram_fraction histogram_quantile histogram_stddev histogram_stdvar histogram_sum hour idelta increase irate label_join
  label_replace last_over_time ln log10 log2 max_over_time min_over_time minute month pi predict_linear present_over_time
  quantile_over_time rad rate resets round scalar sgn sin sinh sort sort_desc sqrt stddev_over_time stdvar_over_time sum_over_time
  tan tanh time timestamp vector year`.split(/\s+/),
);

/** Known, and refused without `--enable-feature=promql-experimental-functions`. */
export const EXPERIMENTAL: ReadonlySet<string> = new Set([
  'double_exponential_smoothing',
  'info',
  'mad_over_time',
  'sort_by_label',
  'sort_by_label_desc',
  'ts_of_last_over_time',
  'ts_of_max_over_time',
  'ts_of_min_over_time',
  'limitk',
  'limit_ratio',
]);

export const PARAMETRIC_AGGREGATORS: ReadonlySet<string> = new Set(['topk', 'bottomk', 'count_values', 'quantile']);

/** Functions of which the result is a number and no vector. */
export const SCALAR_FUNCTIONS: ReadonlySet<string> = new Set(['scalar', 'time', 'pi']);

/** What is wrong with this name of a function, if anything is. */
export function functionFault(name: string): string | undefined {
  if (FUNCTIONS.has(name)) return undefined;
  if (EXPERIMENTAL.has(name)) return `The function ${name} is experimental, and servers refuse it unless they are told otherwise.`;
  const small = name.toLowerCase();
  const meant = FUNCTIONS.has(small) ? small : nearest(name);
  return `There is no function ${name}${meant === undefined ? ' in PromQL' : `: do you mean ${meant}`}.`;
}

/** The function that one slip of the finger makes this name. */
function nearest(name: string): string | undefined {
  return [...FUNCTIONS].find(known => name.length > 2 && oneSlip(name, known));
}

function oneSlip(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 1) return false;
  let start = 0;
  while (start < one.length && one.charAt(start) === other.charAt(start)) start += 1;
  const [rest, otherRest] = [one.slice(start), other.slice(start)];
  const swapped = otherRest.charAt(1) + otherRest.charAt(0) + otherRest.slice(2);
  return rest.slice(1) === otherRest || rest === otherRest.slice(1) || rest.slice(1) === otherRest.slice(1) || rest === swapped;
}
