import type { SourceFile } from '../../text/source-file.ts';
import type { CheckContext } from '../context.ts';
import type { Finding } from '../rule.ts';
import { passingSites, serverOf, type PassingSite, type SocketSite } from './socket-sites.ts';

/** More places than this are counted, not listed. */
const mostPlaces = 5;

/** The findings that say the same; of ten thousands only those that are shown are kept. */
class Group {
  /** The first, and those whose places are listed. */
  readonly #shown: Finding[] = [];
  #count = 0;
  /** Where the findings start, by file: a directive that several sites inherit counts once. */
  readonly #starts = new Map<SourceFile, Set<number>>();

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Whether another one would be shown. */
  get hasRoom(): boolean {
    return this.#shown.length <= mostPlaces;
  }

  /** False when this very place was told before. */
  add(finding: Finding): boolean {
    const { file, span } = finding;
    let starts = this.#starts.get(file);
    if (starts === undefined) this.#starts.set(file, (starts = new Set()));
    if (starts.size === starts.add(span.start).size) return false;
    this.#count++;
    if (this.hasRoom) this.#shown.push(finding);
    return true;
  }

  /** One more place, which is not shown. */
  addUnlisted(): void {
    this.#count++;
  }

  summary(): Finding {
    const [first, ...others] = this.#shown as [Finding, ...Finding[]];
    if (this.#count === 1) return first;
    const count = this.#count - 1;
    const places = others.map(({ file, span }) => ({ file, span, message: 'the same here' }));
    return {
      ...first,
      message: `${first.message} (and in ${count} other ${count === 1 ? 'place' : 'places'})`,
      related: [...(first.related ?? []), ...places],
    };
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
  const groupOf = ({ severity, message }: Finding): Group => {
    const key = `${severity} ${message}`;
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = new Group()));
    return group;
  };
  for (const site of context.shared(passingSites))
    for (const [index, finding] of [...check(site)].entries()) {
      const group = groupOf(finding);
      if (context.wants(finding.file) && !group.add(finding)) continue;
      if (!movesWithSite(finding, site)) continue;
      for (const repeat of site.repeats) {
        if (!context.wants(repeat.block.directive!.node.file)) continue;
        if (!group.hasRoom) {
          group.addUnlisted();
          continue;
        }
        const same = [...check(repeat as PassingSite)][index]!;
        groupOf(same).add(same);
      }
    }
  for (const group of groups.values()) if (!group.isEmpty) yield group.summary();
}

/** Whether the finding stands in the site's own server: then its repeats have one at the same place of theirs. */
function movesWithSite({ file, span }: Finding, { block, repeats }: SocketSite): boolean {
  if (repeats.length === 0) return false;
  const server = serverOf(block)?.directive?.node;
  return server?.file === file && server.start <= span.start && span.start < server.end;
}
