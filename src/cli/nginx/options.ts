export type NginxSignal = 'stop' | 'quit' | 'reopen' | 'reload';

/** The command line of nginx (ngx_get_options). */
export interface NginxOptions {
  readonly help: boolean;
  readonly version: boolean;
  readonly configure: boolean;
  readonly test: boolean;
  readonly dump: boolean;
  readonly quiet: boolean;
  readonly prefix: string | null;
  /** null = not given; '' = stderr. */
  readonly errorLog: string | null;
  readonly configuration: string | null;
  readonly directives: string | null;
  readonly signal: NginxSignal | null;
}

const signals: readonly string[] = ['stop', 'quit', 'reopen', 'reload'] satisfies NginxSignal[];

type Mutable = { -readonly [Key in keyof NginxOptions]: NginxOptions[Key] };

const flags: Readonly<Record<string, Partial<NginxOptions>>> = {
  '?': { version: true, help: true },
  h: { version: true, help: true },
  v: { version: true },
  V: { version: true, configure: true },
  t: { test: true },
  T: { test: true, dump: true },
  q: { quiet: true },
};

const valued: Readonly<
  Record<string, { key: 'prefix' | 'errorLog' | 'configuration' | 'directives' | 'signal'; wants: string }>
> = {
  p: { key: 'prefix', wants: 'directory name' },
  e: { key: 'errorLog', wants: 'file name' },
  c: { key: 'configuration', wants: 'file name' },
  g: { key: 'directives', wants: 'parameter' },
  s: { key: 'signal', wants: 'parameter' },
};

/**
 * Reads nginx's options: letters combine (`-tq`), a value follows its letter at once (`-cFILE`) or as the next word.
 *
 * @returns the options, or nginx's message without its `nginx: `
 */
export function parseNginxOptions(argv: readonly string[]): NginxOptions | string {
  const options: Mutable = {
    help: false,
    version: false,
    configure: false,
    test: false,
    dump: false,
    quiet: false,
    prefix: null,
    errorLog: null,
    configuration: null,
    directives: null,
    signal: null,
  };
  const words = [...argv];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (!word.startsWith('-')) return `invalid option: "${word}"`;
    for (let at = 1; at < word.length; at++) {
      const letter = word[at]!;
      const flag = flags[letter];
      if (flag !== undefined) {
        Object.assign(options, flag);
        continue;
      }
      const option = valued[letter];
      if (option === undefined) return `invalid option: "${letter}"`;
      const value = at + 1 < word.length ? word.slice(at + 1) : words.shift();
      if (value === undefined) return `option "-${letter}" requires ${option.wants}`;
      if (option.key === 'signal' && !signals.includes(value)) return `invalid option: "-s ${value}"`;
      Object.assign(options, { [option.key]: option.key === 'errorLog' && value === 'stderr' ? '' : value });
      break;
    }
  }
  return options;
}
