import { describe, expect, it } from 'vitest';
import { judgeOurselves } from './ours.ts';
import { recordedVersion } from './real-nginx.ts';

const judge = (map: string) =>
  judgeOurselves(
    {
      entry: '/etc/nginx/nginx.conf',
      files: {
        '/etc/nginx/nginx.conf': 'events {}\nhttp { map $uri $x {\n\n include a.map;\n} }\n',
        '/etc/nginx/a.map': map,
      },
    },
    recordedVersion,
  );

// Seen with nginx 1.22.1.
describe('an included file of a map', () => {
  it('is not where nginx complains of values and patterns: it names the include', () => {
    for (const entry of ['a $;', '~( b;'])
      expect(judge(`\n\n\n\n\n\n${entry}\n`)).toMatchObject({ file: '/etc/nginx/nginx.conf', line: 4 });
  });

  it('is where nginx complains of everything else', () => {
    expect(judge('\n\na b;\na b;\n')).toMatchObject({ file: '/etc/nginx/a.map', line: 4 });
    expect(judge('a b c;')).toMatchObject({ file: '/etc/nginx/a.map', line: 1 });
  });
});
