import { ordinaryUpstream } from './assumed-upstream.ts';
import { explainRequest, hasUpgrade, type Explained } from './explain-request.ts';
import type { Verdict } from './explanation.ts';
import { placeOfOrigin } from './block-index.ts';
import { locationText, modifierOf } from './location-text.ts';
import type { RequestOptions } from './request.ts';
import type { Situation } from './situation.ts';
import { witnesses } from './witness.ts';

/** One location that can reach an upstream. */
export interface LocationRow {
  /** As written: `location ~ ^/ws`. */
  readonly location: string;
  readonly file: string | null;
  readonly line: number | null;
  /** The path that was tried; null when no address leads there from outside. */
  readonly path: string | null;
  /** The server's first name, or its address. */
  readonly server: string;
  readonly verdict: Verdict | 'unknown';
  /** In a few words: the first broken link, or what was not tried. */
  readonly note: string;
  readonly explained: Explained | null;
}

/** Tries a handshake at every location that passes requests on. */
export function explainLocations(situation: Situation, options: Partial<RequestOptions>): LocationRow[] {
  const { plan } = situation;
  const found = witnesses(plan, options);
  const rows = [
    ...found.witnesses.map(({ location, request }) => ({ location, request, why: '' })),
    ...found.unaddressed.map(({ location, why }) => ({ location, request: null, why })),
  ].sort((a, b) => a.location - b.location);
  return rows.map(({ location, request, why }): LocationRow => {
    const planned = plan.http!.locations[location]!;
    const place = placeOfOrigin(plan, planned.origin);
    const server = plan.http!.servers[planned.server]!;
    const base = {
      location: locationText({ modifier: modifierOf(planned), pattern: planned.name }),
      file: place?.file ?? null,
      line: place?.line ?? null,
      server: server.names.find(({ name }) => name !== '')?.name ?? 'default',
    };
    if (request === null) return { ...base, path: null, verdict: 'unknown', note: why, explained: null };
    const explained = explainRequest(
      situation,
      request,
      options.plain === true ? ordinaryUpstream : undefined,
    );
    const { explanation } = explained;
    const elsewhere = explanation.location !== null && explanation.location.line !== base.line;
    const reached = hasUpgrade(request.raw)
      ? ''
      : explanation.upstream === null
        ? 'does not reach an upstream'
        : '';
    const note = explanation.reasons?.[0]?.message ?? reached;
    return {
      ...base,
      path: explanation.request?.target ?? null,
      verdict: explanation.verdict ?? 'fails',
      note: elsewhere
        ? `${note}${note === '' ? '' : '; '}answered by location ${locationText(explanation.location!)}`
        : note,
      explained,
    };
  });
}
