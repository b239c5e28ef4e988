import { escapeHtml } from '../../text/escape-html.ts';
import { compilePcre } from '../../pcre/compile.ts';
import { escapeUri } from '../algorithms/escape-uri.ts';
import { parseUnsafeUri } from '../algorithms/unsafe-uri.ts';
import { checkParameters, ssiCommands } from './commands.ts';
import { evaluateText, parseExpression } from './evaluate.ts';
import type { SsiItem } from './parser.ts';
import { SsiParser } from './parser.ts';
import { strftime } from './strftime.ts';

/** What SSI commands of a request and its subrequests share. */
export interface SsiShared {
  readonly variables: Map<string, string>;
  readonly blocks: Map<string, string>;
  captures: readonly (string | undefined)[] | null;
}

/** What the pages of one request, with those they include, have in common. */
export function ssiShared(): SsiShared {
  return { variables: new Map(), blocks: new Map(), captures: null };
}

/** What a page needs from its request. */
export interface SsiHost {
  readonly shared: SsiShared;
  /** Path of the page. */
  readonly uri: string;
  readonly silentErrors: boolean;
  readonly valueLength: number;
  /** A variable of the request by its lower-case name; null when it is not found. */
  variable(name: string): string | null;
  /** Seconds since the epoch. */
  now(): number;
  log(message: string): void;
}

/** A subrequest that an `include` asks for. */
export interface SsiInclude {
  readonly uri: string;
  readonly args: string;
  /** Its output becomes the value of this variable; null: it becomes part of the page. */
  readonly set: string | null;
  /** What to show when it has no output or fails; null without `stub`. */
  readonly stub: string | null;
}

export type SsiOutput = string | { readonly include: SsiInclude; readonly waits: boolean };

type Conditional = 'none' | 'in if' | 'in else';

/**
 * Carries out the SSI commands of one page (ngx_http_ssi_filter_module.c). After an output that `waits`, the rest is
 * given by {@link resume}, which is called when the subrequest has ended.
 */
export class SsiFilter {
  private readonly host: SsiHost;
  private readonly parser: SsiParser;
  private queue: SsiItem[] = [];
  private waitingFor: SsiInclude | null = null;
  private showing = true;
  private chosen = false;
  private conditional: Conditional = 'none';
  private block: string | null = null;
  private errorMessage = '[an error occurred while processing the directive]';
  private timeFormat = '%A, %d-%b-%Y %H:%M:%S %Z';
  private encoding = 'entity';

  constructor(host: SsiHost) {
    this.host = host;
    this.parser = new SsiParser(host.valueLength);
  }

  get waiting(): boolean {
    return this.waitingFor !== null;
  }

  /** The output for a piece of the page; nothing while it waits. */
  push(bytes: string): SsiOutput[] {
    this.queue.push(...this.parser.push(bytes));
    return this.waiting ? [] : this.work();
  }

  /** Goes on after the awaited subrequest; `output` is what it sent, null when it failed. */
  resume(output: string | null): SsiOutput[] {
    const name = this.waitingFor?.set ?? null;
    this.waitingFor = null;
    if (name !== null && output !== null) this.host.shared.variables.set(name, output);
    return this.work();
  }

  /** What stands in the place of a subrequest that could not be made. */
  fail(): SsiOutput[] {
    return this.host.silentErrors ? [] : [this.errorMessage];
  }

  private work(): SsiOutput[] {
    const output: SsiOutput[] = [];
    for (let item = this.queue.shift(); item !== undefined; item = this.queue.shift()) {
      const result = this.take(item);
      if (result === null) continue;
      output.push(result);
      if (typeof result === 'object' && result.waits) {
        this.waitingFor = result.include;
        return output;
      }
    }
    return output;
  }

  private take(item: SsiItem): SsiOutput | null {
    if (item.kind === 'text') {
      if (this.showing) return item.text;
      if (this.block !== null) this.addToBlock(item.text);
      return null;
    }
    if (item.kind === 'error') return this.failed(item.message);
    return this.obey(item);
  }

  private failed(message: string): string | null {
    this.host.log(message);
    return this.host.silentErrors ? null : this.errorMessage;
  }

  private addToBlock(text: string): void {
    const { blocks } = this.host.shared;
    blocks.set(this.block!, (blocks.get(this.block!) ?? '') + text);
  }

  private obey({ name, parameters }: Extract<SsiItem, { kind: 'command' }>): SsiOutput | null {
    const command = Object.hasOwn(ssiCommands, name) ? ssiCommands[name]! : null;
    if (command === null) return this.showing ? this.failed(`invalid SSI command: "${name}"`) : null;
    if (!this.showing && !command.endsBlock) {
      if (this.block !== null) {
        const shown = parameters.map(([key, value]) => ` ${key}="${value}"`).join('');
        this.addToBlock(`<!--#${name}${shown} -->`);
        return null;
      }
      if (command.conditional === 'no') return null;
    }
    const tooLate = this.conditional === 'in else' && command.conditional === 'branch';
    if (command.conditional !== 'no' && (this.conditional === 'none' || tooLate))
      return this.failed(`invalid context of SSI command: "${name}"`);
    const checked = checkParameters(name, command, parameters);
    if ('error' in checked) return this.failed(checked.error);
    return this.run(name, checked.values);
  }

  private run(name: string, values: ReadonlyMap<string, string>): SsiOutput | null {
    switch (name) {
      case 'include':
        return this.include(values);
      case 'echo':
        return this.echo(values);
      case 'set':
        return this.set(values.get('var')!.toLowerCase(), values.get('value')!);
      case 'config':
        this.timeFormat = values.get('timefmt') ?? this.timeFormat;
        this.errorMessage = values.get('errmsg') ?? this.errorMessage;
        return null;
      case 'if':
      case 'elif':
        return this.test(name, values.get('expr')!);
      case 'else':
        this.showing = !this.chosen;
        this.conditional = 'in else';
        return null;
      case 'endif':
        this.showing = true;
        this.chosen = false;
        this.conditional = 'none';
        return null;
      case 'block':
        this.block = values.get('name')!;
        this.host.shared.blocks.set(this.block, '');
        this.showing = false;
        return null;
      default:
        this.block = null;
        this.showing = true;
        return null;
    }
  }

  private lookup(name: string): string | null {
    const { captures, variables } = this.host.shared;
    if (/^\d$/.test(name) && captures !== null && Number(name) < captures.length)
      return captures[Number(name)] ?? '';
    const own = variables.get(name);
    if (own !== undefined) return own;
    if (name === 'date_gmt' || name === 'date_local')
      return strftime(this.timeFormat, this.host.now(), name === 'date_gmt');
    return this.host.variable(name);
  }

  private evaluate(text: string): { text: string } | { error: string } {
    return evaluateText(text, (name) => this.lookup(name));
  }

  private set(name: string, value: string): string | null {
    const result = this.evaluate(value);
    if ('error' in result) return this.failed(result.error);
    this.host.shared.variables.set(name, result.text);
    return null;
  }

  private echo(values: ReadonlyMap<string, string>): string | null {
    const value = this.lookup(values.get('var')!.toLowerCase()) ?? values.get('default') ?? '(none)';
    if (value === '') return null;
    const encoding = values.get('encoding');
    if (encoding === 'none' || encoding === 'url' || encoding === 'entity') this.encoding = encoding;
    else if (encoding !== undefined) this.host.log(`unknown encoding "${encoding}" in the "echo" command`);
    if (this.encoding === 'url') return escapeUri(value, 'html');
    return this.encoding === 'entity' ? escapeHtml(value) : value;
  }

  private include(values: ReadonlyMap<string, string>): SsiOutput | null {
    const virtual = values.get('virtual');
    const file = values.get('file');
    const wait = values.get('wait')?.toLowerCase();
    const set = values.get('set')?.toLowerCase() ?? null;
    const stub = values.get('stub');
    const problem = includeProblem(values);
    if (problem !== null) return this.failed(problem);
    const result = this.evaluate(virtual ?? file!);
    if ('error' in result) return this.failed(result.error);
    const { uri: page } = this.host;
    const path = result.text.startsWith('/')
      ? result.text
      : page.slice(0, page.lastIndexOf('/') + 1) + result.text;
    const target = parseUnsafeUri(path);
    if (target === null) return this.failed(`unsafe URI "${path}" was detected`);
    const block = stub === undefined ? null : this.host.shared.blocks.get(stub);
    if (block === undefined) return this.failed(`"stub"="${stub}" for "include" not found`);
    if (set !== null && !this.host.shared.variables.has(set)) this.host.shared.variables.set(set, '');
    const waits = set !== null || virtual === undefined || wait === 'yes';
    return { include: { ...target, set, stub: block }, waits };
  }

  private test(name: string, text: string): string | null {
    if (name === 'if' && this.conditional !== 'none')
      return this.failed('the "if" command inside the "if" command');
    if (this.chosen) {
      this.showing = false;
      return null;
    }
    const holds = this.holds(text);
    if (typeof holds === 'object') return this.failed(holds.error);
    this.showing = holds;
    if (holds) this.chosen = true;
    this.conditional = 'in if';
    return null;
  }

  private holds(text: string): boolean | { error: string } {
    const expression = parseExpression(text);
    if (expression === null) return { error: `invalid expression in "${text}"` };
    const left = this.evaluate(expression.left);
    if ('error' in left) return left;
    if (expression.right === null) return left.text !== '';
    const right = this.evaluate(expression.right);
    if ('error' in right) return right;
    if (!expression.pattern) return (left.text === right.text) !== expression.negative;
    const matches = this.matches(right.text, left.text);
    return typeof matches === 'object' ? matches : matches !== expression.negative;
  }

  /** Captures of a match are variables of the page. */
  private matches(pattern: string, text: string): boolean | { error: string } {
    const compiled = compilePcre(pattern, { caseless: false });
    if (compiled.ok !== true)
      return { error: compiled.ok === false ? compiled.message : `${compiled.reason} in "${pattern}"` };
    const found = compiled.exec(text);
    if (found === null) return false;
    this.host.shared.captures = found;
    for (const [name, index] of compiled.names)
      this.host.shared.variables.set(name.toLowerCase(), found[index] ?? '');
    return true;
  }
}

/** What is wrong with the combination of an include's parameters; null when nothing is. */
function includeProblem(values: ReadonlyMap<string, string>): string | null {
  const virtual = values.get('virtual');
  const file = values.get('file');
  const wait = values.get('wait');
  if (virtual !== undefined && file !== undefined)
    return `inclusion may be either virtual="${virtual}" or file="${file}"`;
  if (virtual === undefined && file === undefined) return 'no parameter in "include" SSI command';
  if (values.has('set') && values.has('stub'))
    return '"set" and "stub" cannot be used together in "include" SSI command';
  if (wait === undefined) return null;
  if (virtual === undefined) return `"wait" cannot be used with file="${file}"`;
  return /^(?:yes|no)$/i.test(wait) ? null : `invalid value "${wait}" in the "wait" parameter`;
}
