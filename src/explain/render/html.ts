import type { Plan } from '../../3-plan/schema.ts';
import { decodeBytes } from '../../text/source-file.ts';
import { escapeXml } from '../../text/xml.ts';
import type { Explained } from '../explain-request.ts';
import type { Explanation } from '../explanation.ts';
import { headRows } from '../head-rows.ts';
import type { Situation } from '../situation.ts';
import type { LocationRow } from '../table.ts';
import { locationText, modifierOf } from '../location-text.ts';
import { renderPicture, type Box, type Column, type Line } from './picture.ts';

export interface HtmlAnswer extends Explained {
  readonly range: string | null;
  readonly situation: Situation | null;
}

/** More boxes than this in a column help nobody; the chosen one is always among them. */
const mostBoxes = 10;

/** One self-contained page for one request: the picture of its way, the head at the upstream, the broken link. */
export function renderHtml(answers: readonly HtmlAnswer[], file: string): string {
  const first = answers[0]!.explanation;
  const title = first.request === null ? file : `${first.request.method} ${first.request.target}`;
  const split =
    answers.length < 2
      ? ''
      : `<table class="versions"><caption>By version</caption>${answers.map(({ range, explanation }) => `<tr><th scope="row">nginx ${escapeXml(range ?? '')}</th><td>${badge(explanation)}</td></tr>`).join('')}</table>`;
  return page(title, file, `${split}${answers.map((answer) => answerSection(answer)).join('')}`);
}

/** One page with every location that can reach an upstream. */
export function renderTableHtml(rows: readonly LocationRow[], file: string, target: string): string {
  const servers = [...new Set(rows.map(({ server }) => server))];
  const upstreams = [
    ...new Set(rows.flatMap(({ explained }) => explained?.explanation.upstream?.address ?? [])),
  ];
  const columns: Column[] = [
    { title: 'servers', boxes: servers.map((name): Box => ({ id: `s${name}`, text: name, role: 'way' })) },
    {
      title: 'locations',
      boxes: rows.map((row, index): Box => ({
        id: `l${index}`,
        text: row.location,
        role: row.verdict === 'fails' ? 'broken' : row.verdict === 'unknown' ? 'aside' : 'way',
      })),
    },
    {
      title: 'upstreams',
      boxes: upstreams.map((address): Box => ({ id: `u${address}`, text: address, role: 'way' })),
    },
  ];
  const lines = rows.flatMap((row, index): Line[] => {
    const address = row.explained?.explanation.upstream?.address;
    const toLocation: Line = { from: `s${row.server}`, to: `l${index}`, broken: false };
    return address === undefined
      ? [toLocation]
      : [toLocation, { from: `l${index}`, to: `u${address}`, broken: row.verdict === 'fails' }];
  });
  const body = rows
    .map(
      (row) =>
        `<tr><td>${row.explained === null ? `<span class="badge">${row.verdict}</span>` : badge(row.explained.explanation)}</td><td><code>${escapeXml(row.location)}</code></td><td>${escapeXml(row.server)}</td><td>${place(row.file, row.line)}</td><td>${escapeXml(row.note)}</td></tr>`,
    )
    .join('');
  const table = `<div class="scroll"><table class="rows"><thead><tr><th>Verdict</th><th>Location</th><th>Server</th><th>Place</th><th>First broken link</th></tr></thead><tbody>${body}</tbody></table></div>`;
  return page(
    `Locations on nginx ${target}`,
    file,
    `<div class="scroll">${renderPicture(columns, lines, 'servers, their locations and the upstreams they reach')}</div>${table}`,
  );
}

function answerSection({ explanation, range, situation, causes }: HtmlAnswer): string {
  const heading = `<h2>nginx ${escapeXml(range ?? explanation.target)} ${badge(explanation)}</h2>`;
  if (!explanation.config.ok || situation === null) {
    const problems = explanation.config.diagnostics
      .filter(({ severity }) => severity === 'error')
      .map(({ message, file, line }) => `<li>${escapeXml(decodeBytes(message))} ${place(file, line)}</li>`);
    return `<section>${heading}<p>nginx would not start:</p><ul>${problems.join('')}</ul></section>`;
  }
  const reasons = (explanation.reasons ?? [])
    .map(
      ({ code, message, file, line, fix }, index) =>
        `<li><code>${escapeXml(code)}</code> ${escapeXml(message)} ${place(file, line)}<br><strong>${escapeXml(fix)}</strong>${fixLines(causes[index]?.fix?.edits ?? [])}</li>`,
    )
    .join('');
  const steps = (explanation.steps ?? [])
    .map(
      ({ phase, message, file, line }) =>
        `<tr><th scope="row">${phase}</th><td>${escapeXml(message)}</td><td>${place(file, line)}</td></tr>`,
    )
    .join('');
  return (
    `<section>${heading}<div class="scroll">${wayPicture(explanation, situation.plan)}</div>` +
    (reasons === ''
      ? ''
      : `<h3>${explanation.verdict === 'depends' ? 'What it depends on' : 'Why'}</h3><ol>${reasons}</ol>`) +
    upstreamTable(explanation) +
    ownAnswer(explanation) +
    settingsTable(explanation) +
    (steps === ''
      ? ''
      : `<h3>Step by step</h3><div class="scroll"><table class="rows">${steps}</table></div>`) +
    `</section>`
  );
}

/** The settings that apply, with the level each comes from. */
function settingsTable({ settings }: Explanation): string {
  if (settings === null || settings.length === 0) return '';
  const rows = settings
    .map(
      ({ text, level, file, line }) =>
        `<tr><td><code>${escapeXml(text)}</code></td><td>${level === null ? 'default' : escapeXml(level)}</td><td>${place(file, line)}</td></tr>`,
    )
    .join('');
  return `<h3>Settings that apply</h3><div class="scroll"><table class="rows">${rows}</table></div>`;
}

function fixLines(edits: readonly { readonly text: string }[]): string {
  // Inserted lines carry the indentation of their file.
  const lines = edits
    .map(({ text }) => text.trim().replace(/\r?\n[ \t]+(?=proxy_)/g, '\n'))
    .filter((text) => text !== '');
  return lines.length === 0
    ? ''
    : `<pre class="fix">${lines.map((text) => escapeXml(decodeBytes(text))).join('\n')}</pre>`;
}

/** All servers, the chosen server's locations, and the upstream, with the way of the request between them. */
function wayPicture(explanation: Explanation, plan: Plan): string {
  const { server, location, upstream, response, verdict } = explanation;
  const failed = verdict === 'fails';
  const servers = plan.http?.servers ?? [];
  const names = servers.map(
    (one) =>
      decodeBytes(one.names.map(({ name, regex }) => (regex ? `~${name}` : name)).join(' ')) || '(no name)',
  );
  const serverText = server === null ? null : server.names.join(' ') || '(no name)';
  const serverBoxes = boxes('s', names, serverText);
  const chosenServer = serverText === null ? -1 : names.indexOf(serverText);
  const locationTexts = (plan.http?.locations ?? [])
    .filter((one) => one.server === chosenServer && !['server', 'if', 'limit_except'].includes(one.kind))
    .map((one) => decodeBytes(locationText({ modifier: modifierOf(one), pattern: one.name })));
  const chosenLocation = location === null ? null : locationText(location);
  const end: Box =
    upstream !== null && response === null
      ? { id: 'end', text: `${upstream.scheme}://${upstream.address}`, role: failed ? 'broken' : 'way' }
      : {
          id: 'end',
          text: response === null ? 'no answer' : `nginx answers ${response.status}`,
          role: failed ? 'broken' : 'way',
        };
  const columns: Column[] = [
    { title: 'client', boxes: [{ id: 'client', text: explanation.request?.host ?? '', role: 'way' }] },
    { title: 'servers', boxes: serverBoxes },
    { title: 'locations', boxes: boxes('l', locationTexts, chosenLocation) },
    { title: upstream === null ? 'answer' : 'upstream', boxes: [end] },
  ];
  const way = [
    'client',
    ...(serverText === null ? [] : [`s${serverText}`]),
    ...(chosenLocation === null ? [] : [`l${chosenLocation}`]),
    'end',
  ];
  const lines = way
    .slice(1)
    .map((to, index): Line => ({ from: way[index]!, to, broken: failed && to === 'end' }));
  return renderPicture(columns, lines, 'the way of the request from the client to its end');
}

function boxes(prefix: string, texts: readonly string[], chosen: string | null): Box[] {
  const unique = [...new Set(texts)];
  const shown = unique.slice(0, mostBoxes);
  if (chosen !== null && !shown.includes(chosen)) shown[Math.max(shown.length - 1, 0)] = chosen;
  return shown.map((text): Box => ({
    id: `${prefix}${text}`,
    text,
    role: text === chosen ? 'way' : 'aside',
  }));
}

function upstreamTable({ upstream, verdict }: Explanation): string {
  if (upstream === null) return '';
  const rows = headRows(upstream.head, verdict !== 'plain')
    .map(
      ({ text, need, ok }) =>
        `<tr class="${need === '' ? '' : ok ? 'ok' : 'bad'}"><td><code>${escapeXml(decodeBytes(text))}</code></td><td>${need === '' ? '' : `${ok ? '✓' : '✗'} ${need}`}</td></tr>`,
    )
    .join('');
  return `<h3>What ${escapeXml(upstream.address)} gets</h3><div class="scroll"><table class="rows head"><thead><tr><th>Request head</th><th>RFC 6455 asks for</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function ownAnswer({ response }: Explanation): string {
  if (response === null) return '';
  const lines = response.headers.map(([name, value]) => `${name}: ${value}`).join('\n');
  return `<h3>nginx answers itself</h3><pre>${response.status}\n${escapeXml(decodeBytes(lines))}</pre>`;
}

function badge({ config, verdict }: Explanation): string {
  if (!config.ok) return '<span class="badge bad">✗ refused</span>';
  const texts = {
    upgrades: ['ok', '✓ upgrades'],
    fails: ['bad', '✗ fails'],
    depends: ['maybe', '? depends'],
    plain: ['', 'plain'],
  } as const;
  const [kind, text] = texts[verdict ?? 'plain'];
  return `<span class="badge ${kind}">${text}</span>`;
}

function place(file: string | null, line: number | null): string {
  return file === null
    ? ''
    : `<span class="place">${escapeXml(decodeBytes(file))}${line === null ? '' : `:${line}`}</span>`;
}

function page(title: string, file: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeXml(title)} – hopwright explain</title>
<style>
  :root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent); --soft: color-mix(in srgb, currentColor 60%, transparent); --good: #1a7f37; --bad: #cf222e; --maybe: #9a6700; }
  @media (prefers-color-scheme: dark) { :root { --good: #3fb950; --bad: #ff7b72; --maybe: #d29922; } }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
  h1 { font-size: 1.4rem; margin: 0; overflow-wrap: anywhere; } h2 { font-size: 1.15rem; margin: 2rem 0 .75rem; } h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
  code, pre, .place { font: 13px/1.5 ui-monospace, monospace; }
  .place { color: var(--soft); white-space: nowrap; }
  pre { border: 1px solid var(--line); border-radius: 6px; padding: .75rem; overflow: auto; margin: .5rem 0; }
  pre.fix { border-left: 3px solid var(--good); }
  .scroll { overflow-x: auto; }
  table { border-collapse: collapse; } caption { text-align: left; font-weight: 600; }
  td, th { padding: .2rem .9rem .2rem 0; text-align: left; vertical-align: top; }
  .rows td, .rows th { border-top: 1px solid var(--line); font-weight: 400; } .rows thead th { font-weight: 600; border: 0; }
  .ok td:last-child { color: var(--good); } .bad td { color: var(--bad); }
  .badge { border: 1px solid currentColor; border-radius: 1em; padding: 0 .6em; font-size: .85rem; white-space: nowrap; }
  .badge.ok { color: var(--good); } .badge.bad { color: var(--bad); } .badge.maybe { color: var(--maybe); }
  svg { display: block; max-width: max(100%, 40rem); height: auto; font: 13px ui-monospace, monospace; }
  svg text { fill: currentColor; } svg .title { font: 600 13px system-ui, sans-serif; fill: var(--soft); }
  svg rect { fill: none; stroke: var(--line); stroke-width: 1.5; } svg .aside text { fill: var(--soft); }
  svg .way rect { stroke: var(--good); } svg .broken rect { stroke: var(--bad); stroke-width: 2.5; }
  svg path { fill: none; stroke-width: 2; } svg path.way { stroke: var(--good); } svg path.broken { stroke: var(--bad); stroke-dasharray: 6 4; } svg path.cross { stroke-dasharray: none; stroke-width: 3; }
</style>
<h1>${escapeXml(title)}</h1>
<p class="place">${escapeXml(file)}</p>
${body}
</html>
`;
}
