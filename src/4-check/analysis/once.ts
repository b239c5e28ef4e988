import type { SourceFile } from '../../text/source-file.ts';
import type { CheckContext } from '../context.ts';
import type { Finding } from '../rule.ts';

/** More places than this are counted, not listed. */
const mostPlaces = 5;

/** The findings that say the same; of ten thousands only those that are shown are kept. */
interface Group {
  readonly first: Finding;
  readonly others: Finding[];
  /** How many places there are besides the first. */
  count: number;
  /** Where the findings start, by file: a snippet that is included several times counts once. */
  readonly starts: Map<SourceFile, Set<number>>;
}

/**
 * One finding for all that say the same in the files that are asked for: the first, with the number of the others and the
 * places of some.
 */
export function* onceForAll(context: CheckContext, findings: Iterable<Finding>): Generator<Finding> {
  const groups = new Map<string, Group>();
  let group: Group | undefined;
  for (const finding of findings) {
    const { file, span, message, severity } = finding;
    if (!context.wants(file)) continue;
    // Most findings say what the one before says.
    if (group === undefined || group.first.message !== message || group.first.severity !== severity) {
      const key = `${severity} ${message}`;
      group = groups.get(key);
      if (group === undefined)
        groups.set(key, (group = { first: finding, others: [], count: -1, starts: new Map() }));
    }
    let starts = group.starts.get(file);
    if (starts === undefined) group.starts.set(file, (starts = new Set()));
    if (starts.has(span.start)) continue;
    starts.add(span.start);
    if (++group.count > 0 && group.others.length < mostPlaces) group.others.push(finding);
  }
  for (const { first, others, count } of groups.values()) {
    if (count === 0) {
      yield first;
      continue;
    }
    yield {
      ...first,
      message: `${first.message} (and in ${count} other ${count === 1 ? 'place' : 'places'})`,
      related: [
        ...(first.related ?? []),
        ...others.map(({ file, span }) => ({ file, span, message: 'the same here' })),
      ],
    };
  }
}
