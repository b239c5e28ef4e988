import { diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { formats } from '../../src/report/formats.ts';
import type { RenderOptions, Report } from '../../src/report/report.ts';
import { SourceFile, encodeBytes } from '../../src/text/source-file.ts';

const text = `events {}
http {
    server {
        listen 80;
        location /chät/ {
\t    proxy_pass http://backend;
            proxy_set_header Upgrade $http_upgrade;
        }
    }
}
`;

/** A report with everything in it: UTF-8, control bytes, markup, related places, fixes near and far. */
export function sampleReport(): Report {
  const file = new SourceFile('/work/a b.conf', encodeBytes(text));
  const header = file.text.indexOf('proxy_set');
  const location = file.text.indexOf('location');
  return {
    tool: { name: 'hopwright', version: '0.1.0' },
    target: 'any',
    roots: [
      { file: file.path, nginx: { ok: false, level: 'emerg', message: 'no "x"', file, line: 5 } },
      { file: '/etc/clean.conf', nginx: { ok: true } },
    ],
    files: [file.path, '/etc/clean.conf'],
    silenced: 1,
    diagnostics: [
      diagnostic({
        code: 'nginx/x',
        severity: 'warning',
        message: 'bad \x1b[31m <&> "100%"',
        file,
        span: { start: location, end: location + 17 },
        fixes: [{ title: 'Rename', edits: [{ file, start: location, end: location + 8, text: 'loc' }] }],
      }),
      diagnostic({
        code: 'ws/connection',
        severity: 'error',
        message: 'Connection is not forwarded',
        detail: 'The upstream answers 400.',
        file,
        span: { start: header, end: header + 38 },
        related: [{ file, span: { start: location, end: location + 5 }, message: 'this location' }],
        help: 'Add the header.',
        fixes: [
          {
            title: 'Set Connection',
            edits: [
              {
                file,
                start: header + 39,
                end: header + 39,
                text: '\n            proxy_set_header Connection $connection_upgrade;',
              },
            ],
          },
          {
            title: 'Add the map',
            edits: [
              { file, start: 17, end: 17, text: '    map $http_upgrade $connection_upgrade {\n    }\n' },
            ],
          },
        ],
      }),
    ],
  };
}

export const plainOptions: RenderOptions = {
  color: false,
  width: 100,
  workingDirectory: '/work',
  ruleHelp: (code) =>
    code.startsWith('ws/') ? { title: 'A title', severity: 'error', page: '# A page' } : null,
};

export async function render(
  format: string,
  report = sampleReport(),
  options: Partial<RenderOptions> = {},
): Promise<string> {
  return (await formats[format]!())(report, { ...plainOptions, ...options });
}
