import type { Explained } from '../explain-request.ts';
import { locationText } from '../location-text.ts';
import type { LocationRow } from '../table.ts';

/** The way of one request as a Mermaid flowchart. */
export function renderMermaid({ explanation }: Explained): string {
  const { request, server, location, upstream, response, verdict, reasons } = explanation;
  const lines = ['flowchart LR'];
  const chain: string[] = [];
  const node = (id: string, text: string): void => {
    lines.push(`  ${id}["${label(text)}"]`);
    chain.push(id);
  };
  if (request !== null) node('client', `${request.method} ${request.target}`);
  if (server !== null) node('server', `server ${server.names.join(' ')} (${server.listen})`);
  // The location is that of the last hop.
  (explanation.hops ?? []).forEach(({ address }, index) => node(`hop${index}`, `next hop ${address}`));
  if (location !== null) node('location', `location ${locationText(location)}`);
  if (upstream !== null) node('upstream', `upstream ${upstream.address}`);
  if (response !== null) node('answer', `nginx answers ${response.status}`);
  if (!explanation.config.ok) node('refused', 'nginx does not start');
  const broken = verdict === 'fails' || !explanation.config.ok;
  chain.slice(1).forEach((id, index) => {
    const last = index === chain.length - 2;
    const arrow = last && broken ? `-. "${label(reasons?.[0]?.message ?? 'refused')}" .->` : '-->';
    lines.push(`  ${chain[index]} ${arrow} ${id}`);
  });
  lines.push(
    '  classDef good stroke:#1a7f37,stroke-width:2px',
    '  classDef broken stroke:#cf222e,stroke-width:3px',
  );
  const end = chain.at(-1);
  if (end !== undefined) lines.push(`  class ${end} ${broken ? 'broken' : 'good'}`);
  return `${lines.join('\n')}\n`;
}

/** Servers, locations and upstreams as a Mermaid flowchart; locations whose upgrade fails are marked. */
export function renderMermaidTable(rows: readonly LocationRow[]): string {
  const lines = ['flowchart LR'];
  const ids = new Map<string, string>();
  const node = (kind: string, text: string): string => {
    const key = `${kind} ${text}`;
    let id = ids.get(key);
    if (id === undefined) {
      id = `n${ids.size}`;
      ids.set(key, id);
      lines.push(`  ${id}["${label(key)}"]`);
    }
    return id;
  };
  const broken: string[] = [];
  rows.forEach((row, index) => {
    const server = node('server', row.server);
    lines.push(`  l${index}["${label(`location ${row.location}`)}"]`, `  ${server} --> l${index}`);
    const upstream = row.explained?.explanation.upstream;
    if (upstream != null)
      lines.push(
        `  l${index} ${row.verdict === 'fails' ? '-.->' : '-->'} ${node('upstream', upstream.address)}`,
      );
    if (row.verdict === 'fails') broken.push(`l${index}`);
  });
  lines.push('  classDef broken stroke:#cf222e,stroke-width:3px');
  if (broken.length > 0) lines.push(`  class ${broken.join(',')} broken`);
  return `${lines.join('\n')}\n`;
}

/** Mermaid reads entity codes inside quoted labels. */
function label(text: string): string {
  return text
    .replace(/[#"<>&\\`|{}[\]]/g, (character) => `#${character.charCodeAt(0)};`)
    .replace(/[\x00-\x1f]/g, ' ');
}
