import type { SourceFile } from '../../text/source-file.ts';
import type { CheckContext } from '../context.ts';
import type { Finding } from '../rule.ts';
import { passingSites, serverOf, type PassingSite, type SocketSite } from './socket-sites.ts';

/** More places than this are counted, not listed. */
const mostPlaces = 5;

/** The findings that say the same; of ten thousands only those that are shown are kept. */
class Group {
  readonly first: Finding;
  readonly #others: Finding[] = [];
  /** How many places there are besides the first. */
  #count = 0;
  /** Where the findings start, by file: a directive that several sites inherit counts once. */
  readonly #starts = new Map<SourceFile, Set<number>>();

  constructor(first: Finding) {
    this.first = first;
    this.#isNew(first);
  }

  /** Whether another place would still be listed. */
  get lists(): boolean {
    return this.#others.length < mostPlaces;
  }

  /** False when this very place was told before. */
  add(finding: Finding): boolean {
    if (!this.#isNew(finding)) return false;
    this.#count++;
    if (this.lists) this.#others.push(finding);
    return true;
  }

  /** One more place, which is not listed. */
  addUnlisted(): void {
    this.#count++;
  }

  summary(): Finding {
    if (this.#count === 0) return this.first;
    const { message, related = [] } = this.first;
    const places = this.#others.map(({ file, span }) => ({ file, span, message: 'the same here' }));
    return {
      ...this.first,
      message: `${message} (and in ${this.#count} other ${this.#count === 1 ? 'place' : 'places'})`,
      related: [...related, ...places],
    };
  }

  #isNew({ file, span }: Finding): boolean {
    let starts = this.#starts.get(file);
    if (starts === undefined) this.#starts.set(file, (starts = new Set()));
    return starts.size !== starts.add(span.start).size;
  }
}

/**
 * What `check` finds at the sites where a `proxy_pass` applies, in the files that are asked for: one finding for all that say
 * the same, the first, with the number of the others and the places of some. It must judge by what is written in the server
 * and around it, but for the server's names: of sites that are written alike the first is asked, and as many as are listed.
 */
export function* onceForSites(
  context: CheckContext,
  check: (site: PassingSite) => Iterable<Finding>,
): Generator<Finding> {
  const groups = new Map<string, Group>();
  /** Tells of a finding, and whether its place is a new one. */
  const tell = (finding: Finding): boolean => {
    const key = keyOf(finding);
    const group = groups.get(key);
    if (group !== undefined) return group.add(finding);
    groups.set(key, new Group(finding));
    return true;
  };
  for (const site of context.shared(passingSites)) {
    let index = 0;
    for (const finding of check(site)) {
      const at = index++;
      if (context.wants(finding.file) && !tell(finding)) continue;
      if (!movesWithSite(finding, site)) continue;
      const key = keyOf(finding);
      for (const repeat of site.repeats) {
        if (!context.wants(repeat.block.directive!.node.file)) continue;
        const group = groups.get(key);
        if (group?.lists === false) group.addUnlisted();
        else tell([...check(repeat as PassingSite)][at]!);
      }
    }
  }
  for (const group of groups.values()) yield group.summary();
}

function keyOf({ severity, message }: Finding): string {
  return `${severity} ${message}`;
}

/** Whether the finding stands in the site's own server: then its repeats have one at the same place of theirs. */
function movesWithSite({ file, span }: Finding, { block, repeats }: SocketSite): boolean {
  if (repeats.length === 0) return false;
  const server = serverOf(block)?.directive?.node;
  return server?.file === file && server.start <= span.start && span.start < server.end;
}
