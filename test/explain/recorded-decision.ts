import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { conformingUpstream, type UpstreamAssumption } from '../../src/explain/assumed-upstream.ts';
import { isMain, type UpstreamVisit } from '../../src/explain/drive.ts';
import { explainRequest, type Explained } from '../../src/explain/explain-request.ts';
import { conformingStatus, parseRequestHead } from '../../src/explain/handshake.ts';
import { situate, situationOf } from '../../src/explain/situation.ts';
import { encodeBytes, SourceFile } from '../../src/text/source-file.ts';
import { fill, recordedTime, unfill } from '../runtime/truth/recorded.ts';
import type { Difference, Ports, RecordedCase, RecordedRequest } from '../runtime/truth/recorded.ts';

/** Nothing listens there, because explaining opens no socket. */
const ports: Ports = { server: 28080, backends: [28001, 28002, 28003] };
const filled = (text: string): string => fill(text, ports);
const unfilled = (text: string): string => unfill(text, ports);

/**
 * What explain says about a case, beside what nginx did; empty when they agree. Each request is explained twice: with
 * upstreams that answer as those of the record, and, as long as they did what explain assumes by itself, without being told.
 * Its files are written into a folder of their own below `parent`.
 */
export function differences(recorded: RecordedCase, parent: string): Difference[] {
  const directory = join(parent, recorded.nginx, recorded.id);
  for (const [name, text] of Object.entries(recorded.files)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, filled(text));
    utimesSync(path, recordedTime, recordedTime);
  }
  const entry = join(directory, 'nginx.conf');
  const source = new SourceFile(entry, encodeBytes(filled(recorded.files['nginx.conf']!)));
  const { config, situation } = situationOf(source, { target: recorded.nginx, prefix: directory });
  const place = { case: recorded.id, request: -1, name: '' };
  if (situation === null || !recorded.test.ok) {
    const { ok } = config.verdict;
    return ok === recorded.test.ok
      ? []
      : [{ ...place, field: 'config.ok', expected: recorded.test.ok, actual: config.verdict }];
  }
  const alone = situate(config, { prefix: directory });
  const told = recordedBackends(recorded);
  let asAssumed = true;
  return recorded.requests.flatMap((request, index) => {
    const asked = { raw: filled(request.raw), hostname: '', port: null, tls: null };
    const explained = explainRequest(situation, asked, told);
    // Once a backend does not do what is assumed, round robin and failed peers go another way, for later requests too.
    asAssumed &&= explained.outcome!.visits.every((visit) => visit.status === assumedStatus(visit));
    const found = compare(recorded, request, explained);
    if (asAssumed) {
      const own = compare(recorded, request, explainRequest(alone, asked));
      found.push(...own.map((one) => ({ ...one, field: `own ${one.field}` })));
    }
    return found.map((difference) => ({ ...place, request: index, name: request.name, ...difference }));
  });
}

const statuses: Readonly<Record<string, number | 'refused'>> = {
  'always-101': 101,
  'always-200': 200,
  'status-403': 403,
  refuse: 'refused',
};

/** The backends of the record (../shared/truth/README.md, "Backends"). */
function recordedBackends({ backends }: RecordedCase): UpstreamAssumption {
  return ({ address, head, faults }) => {
    const mode = backends[/^\{\{(B\d)\}\}$/.exec(unfilled(address))?.[1] ?? ''] ?? 'refuse';
    return statuses[mode] ?? conformingStatus(head, faults);
  };
}

/** What explain takes an upstream to answer when nobody tells. A server of the configuration itself answers for itself. */
function assumedStatus({
  address,
  head,
  faults,
  subrequest,
  status,
  hopAnswer,
}: UpstreamVisit): number | 'refused' {
  if (hopAnswer) return status;
  return conformingUpstream({ address, head: parseRequestHead(head), faults, subrequest });
}

type Found = Pick<Difference, 'field' | 'expected' | 'actual'>;

function compare(
  recorded: RecordedCase,
  request: RecordedRequest,
  { explanation, outcome }: Explained,
): Found[] {
  const found: Found[] = [];
  const check = (field: string, expected: unknown, actual: unknown): void => {
    if (JSON.stringify(expected) !== JSON.stringify(actual)) found.push({ field, expected, actual });
  };
  const { response, upstream, verdict } = explanation;
  // What passes between two servers of the configuration was not recorded, nor what nobody accepted.
  const reached = outcome!.visits.filter(({ status, hopAnswer }) => status !== 0 && !hopAnswer);
  check(
    'visits',
    request.upstream.map(({ backend, head }) => [`{{${backend}}}`, head]),
    reached.map(({ address, head }) => [unfilled(address), unfilled(head)]),
  );
  const deciding = request.upstream[reached.findLastIndex(isMain)];
  if (deciding === undefined) {
    check('status', request.status === 'none' ? null : request.status, response?.status ?? null);
    const location = (head: string): string | null => /^Location: (.*)$/im.exec(head)?.[1]?.trim() ?? null;
    const ours = response?.headers.find(([name]) => name.toLowerCase() === 'location')?.[1] ?? null;
    check('Location', location(request.responseHead ?? ''), ours === null ? null : unfilled(ours));
    return found;
  }
  check('upstream.address', `{{${deciding.backend}}}`, upstream && unfilled(upstream.address));
  check('upstream.head', deciding.head, upstream && unfilled(upstream.head));
  if (recorded.backends[deciding.backend] === 'strict' && /^upgrade:/im.test(request.raw)) {
    check('verdict', request.upgraded ? 'upgrades' : 'fails', verdict);
  }
  return found;
}
