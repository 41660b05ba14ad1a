/**
 * An exponential moving average of what is finite, without the pull of its start: the bias correction of Adam (Kingma &
 * Ba, arXiv:1412.6980, section 3). What is not finite stays as it is and leaves the average alone.
 *
 * `weight` is the part of what came before, from 0 (none: the values themselves) to below 1.
 */
export function smoothed(values: readonly number[], weight: number): number[] {
  if (weight <= 0) return [...values];
  let average = 0;
  let count = 0;
  return values.map((value) => {
    if (!Number.isFinite(value)) return value;
    average = average * weight + value * (1 - weight);
    count += 1;
    return average / (1 - weight ** count);
  });
}
