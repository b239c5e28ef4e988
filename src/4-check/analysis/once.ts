import type { Finding } from '../rule.ts';

/** More places than this are counted, not listed. */
const mostPlaces = 5;

/** One finding for all that say the same: the first, with the number of the others and the places of some. */
export function* onceForAll(findings: Iterable<Finding>): Generator<Finding> {
  const groups = new Map<string, Finding[]>();
  const seen = new Set<string>();
  for (const finding of findings) {
    const key = `${finding.severity ?? ''} ${finding.message}`;
    const place = `${key} ${finding.span.start} ${finding.file.path}`;
    if (seen.has(place)) continue;
    seen.add(place);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  for (const [first, ...others] of groups.values()) {
    if (others.length === 0) {
      yield first!;
      continue;
    }
    yield {
      ...first!,
      message: `${first!.message} (and in ${others.length} other ${others.length === 1 ? 'place' : 'places'})`,
      related: [
        ...(first!.related ?? []),
        ...others.slice(0, mostPlaces).map(({ file, span }) => ({ file, span, message: 'the same here' })),
      ],
    };
  }
}
