/** What takes long, or memory without bound, wherever something is looked for once for each of many mistakes. */
export const hugeInputs: Readonly<Record<string, () => string>> = {
  '10 MB of {': () => '{'.repeat(10_000_000),
  '10 MB of "a{"': () => 'a{'.repeat(5_000_000),
  '10 MB of }': () => '}'.repeat(10_000_000),
  '10 MB of ;': () => ';'.repeat(10_000_000),
  '10 MB of quotes': () => '"'.repeat(10_000_000),
  '10 MB of backslashes': () => '\\'.repeat(10_000_000),
  '10 MB of words': () => 'a '.repeat(5_000_000),
  '10 MB of #': () => '#'.repeat(10_000_000),
  '500,000 blocks on one line': () => 'a{}'.repeat(500_000) + '}',
  'a quote that never ends': () => `a "${'b'.repeat(10_000_000)}`,
  '100,000 lines': () => `events {}\nhttp {\n${'  proxy_set_header A "b $http_c";\n'.repeat(100_000)}}\n`,
  'deep nesting': () => `events {} http { server { ${'location / { '.repeat(100_000)}`,
  'an include cycle': () => 'include nginx.conf;\n',
};
