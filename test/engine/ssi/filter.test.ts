import { describe, expect, it } from 'vitest';
import type { SsiOutput, SsiShared } from '../../../src/engine/ssi/filter.ts';
import { SsiFilter, ssiShared } from '../../../src/engine/ssi/filter.ts';
import { strftime } from '../../../src/engine/ssi/strftime.ts';
// Static pages of nginx 1.22.1 with `ssi on`, asked with `?a=…`.
import recorded from './recorded.json' with { type: 'json' };

const pages = recorded.pages as Readonly<Record<string, string>>;

/** nginx's answer for a file that is not there, as it stands in the recorded pages. */
const notFound =
  '<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n<center><h1>404 Not Found</h1></center>\r\n' +
  '<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n';

/** Renders a page with its includes, giving the filter `size` bytes at a time. */
function render(
  name: string,
  argument: string,
  size: number,
  shared: SsiShared = ssiShared(),
  page = pages[name],
): string {
  if (page === undefined) return notFound;
  const filter = new SsiFilter({
    shared,
    uri: `/${name}`,
    silentErrors: false,
    valueLength: 256,
    variable: (variable) => (variable === 'arg_a' ? argument : null),
    now: () => 1795363200,
    log: () => {},
  });
  let text = '';
  const take = (output: readonly SsiOutput[]): void => {
    for (const part of output) {
      if (typeof part === 'string') {
        text += part;
        continue;
      }
      const { uri, set, stub } = part.include;
      const path = uri.slice(1);
      // nginx runs a stub that replaces a failed subrequest through SSI again, one for an empty answer not.
      const inner =
        stub !== null && pages[path] === ''
          ? stub
          : render(path, '', size, shared, pages[path] ?? stub ?? undefined);
      if (set === null) text += inner;
      if (part.waits) take(filter.resume(inner));
    }
  };
  for (let at = 0; at < page.length; at += size) take(filter.push(page.slice(at, at + size)));
  return text;
}

describe('pages as nginx answers them', () => {
  it.each(recorded.answers as [string, string, string][])('%s?a=%s', (name, argument, answer) => {
    expect(render(name, argument, 1000)).toBe(answer);
  });
  it('do not depend on how they are cut', () => {
    for (const [name, argument, answer] of recorded.answers as [string, string, string][])
      for (const size of [1, 3, 7]) expect(render(name, argument, size)).toBe(answer);
  });
});

describe('times', () => {
  it('are formatted as strftime does', () => {
    expect(strftime('%A, %d-%b-%Y %H:%M:%S %Z', 1795363200, true)).toBe('Sunday, 22-Nov-2026 16:00:00 GMT');
    expect(strftime('%s|%j|%I%p|%e|%y|%%|%z|%u|%Q', 1795363200, true)).toBe(
      '1795363200|326|04PM|22|26|%|+0000|7|%Q',
    );
  });
});
