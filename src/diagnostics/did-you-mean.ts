/**
 * The candidate that was probably meant by `word`, or null when none is near enough. A name is near when few letters
 * differ, are missing, are too many or have changed places with their neighbours: one of up to five, two of more,
 * three of more than twelve. `_`, `-` and capitals do not count.
 */
export function didYouMean(word: string, candidates: Iterable<string>): string | null {
  const wanted = fold(word);
  let limit = wanted.length <= 2 ? 0 : wanted.length <= 5 ? 1 : wanted.length <= 12 ? 2 : 3;
  let best: string | null = null;
  for (const candidate of candidates) {
    if (candidate === word) continue;
    const folded = fold(candidate);
    if (Math.abs(folded.length - wanted.length) > limit) continue;
    const found = distance(wanted, folded, limit);
    // Among equals the first wins, so later ones must be nearer.
    if (found > limit || (best !== null && found === limit)) continue;
    best = candidate;
    limit = found;
    if (limit === 0) break;
  }
  return best;
}

function fold(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '');
}

/** Optimal string alignment distance; anything above `limit` may be given as `limit + 1`. */
function distance(a: string, b: string, limit: number): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let smallest = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, before[j - 2]! + 1);
      row.push(cost);
      smallest = Math.min(smallest, cost);
    }
    if (smallest > limit) return limit + 1;
    before = previous;
    previous = row;
  }
  return previous[b.length]!;
}
