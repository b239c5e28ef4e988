import { join } from 'node:path';
import { conformingStatus } from '../../../../src/explain/handshake.ts';
import type { UpstreamAssumption } from '../../../../src/explain/assumed-upstream.ts';
import { explainRequest } from '../../../../src/explain/explain-request.ts';
import { situationOf } from '../../../../src/explain/situation.ts';
import { SourceFile } from '../../../../src/text/source-file.ts';
import { answers } from './answers.ts';
import { printConfig, type GeneratedCase } from './case.ts';
import type { Difference } from './compare.ts';
import { fill, type Ports } from './placeholders.ts';
import type { Observation } from './run-case.ts';

/**
 * What explain says otherwise than nginx did. Compared are requests that stand alone and come in one piece, until the first one
 * whose upstream gave something that is no plain answer: explain knows nothing of those, and round robin goes on from there.
 */
export function explainedOtherwise(
  generated: GeneratedCase,
  directory: string,
  ports: Ports,
  target: string,
  nginx: Observation,
): Difference[] {
  // A case that is being made smaller may have lost its servers.
  if (nginx.refused !== null || nginx.requests.every(({ answer }) => answer === '')) return [];
  const text = fill(printConfig(generated.config), ports);
  // For explain nothing is in a cache.
  if (/ proxy_cache [^o]/.test(text)) return [];
  const source = new SourceFile(join(directory, 'nginx.conf'), text);
  let elapsed = 0;
  const { situation } = situationOf(source, { target, prefix: directory, elapsed: () => elapsed });
  if (situation === null) return [];
  const found: Difference[] = [];
  for (const [request, { pieces, methods }] of generated.requests.entries()) {
    if (pieces.length > 1 || methods.length > 1) break;
    elapsed += betweenRequests;
    let known = true;
    const upstream: UpstreamAssumption = (arrived) => {
      const name = ports.backends.findIndex((port) => arrived.address === `127.0.0.1:${port}`);
      const wanted = arrived.head.headers.find(([header]) => header.toLowerCase() === 'x-answer')?.[1];
      const mode = generated.backends[name] ?? 'refuse';
      if (answers[wanted ?? ''] !== undefined || /answer=/.test(arrived.head.target)) known = false;
      if (mode === 'silent' || mode === 'closes') known = false;
      if (waitsForBody(arrived.head.headers, arrived.subrequest || /pass_request_body off/.test(text)))
        known = false;
      return statuses[mode] ?? conformingStatus(arrived.head, arrived.faults);
    };
    const asked = { raw: fill(pieces[0]!, ports), hostname: '', port: ports.server, tls: null };
    const { outcome, explanation } = explainRequest(situation, asked, upstream);
    const { answer } = nginx.requests[request]!;
    // `return 100` is an answer too.
    const line = /^HTTP\/1\.1 (?!100 )(\d{3})/m.exec(answer) ?? /^HTTP\/1\.1 (\d{3})/.exec(answer);
    const status = Number(line?.[1] ?? 0);
    // Explain takes bodies to be well-formed.
    const malformed = status === 400 && /^transfer-encoding:/im.test(pieces[0]!);
    if (!known || outcome === null || malformed) break;
    const add = (field: string, theirs: string, ours: string): void => {
      if (theirs !== ours) found.push({ field: `explained ${field}`, request, nginx: theirs, ours });
    };
    const reached = outcome.visits.filter(({ status }) => status !== 0);
    const headsOf = (heads: readonly string[]): string => heads.toSorted().join('\n');
    add(
      'upstream',
      headsOf(nginx.requests[request]!.upstream.map((each) => headOf(each.slice(each.indexOf('\n') + 1)))),
      headsOf(reached.map(({ head }) => head)),
    );
    const { response, verdict } = explanation;
    if (response !== null) add('status', String(status), String(response.status));
    if (verdict === 'upgrades' || verdict === 'fails') {
      const tunnels = status === 101 && nginx.requests[request]!.answer.includes('PING-BYTES');
      add('verdict', tunnels ? 'upgrades' : 'fails', verdict);
    }
  }
  return found;
}

const statuses: Readonly<Record<string, number | 'refused'>> = {
  'always-101': 101,
  'always-200': 200,
  'status-403': 403,
  refuse: 'refused',
};

/** Milliseconds, at least, that requests are apart. */
const betweenRequests = 20;

/** A backend says nothing before it has the body that was announced. */
const waitsForBody = (headers: readonly (readonly [string, string])[], withoutBody: boolean): boolean =>
  headers.some(
    ([name, value]) =>
      /^content-length$/i.test(name) && (!/^\d+$/.test(value) || (withoutBody && value !== '0')),
  );

const headOf = (bytes: string): string => bytes.slice(0, bytes.indexOf('\r\n\r\n') + 4);
