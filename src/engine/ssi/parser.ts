/** What stands in a page: text, a command, or something that began like one. */
export type SsiItem =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'command';
      readonly name: string;
      readonly parameters: readonly (readonly [string, string])[];
    }
  /** nginx puts its error message in its place. */
  | { readonly kind: 'error'; readonly message: string };

const opening = '<!--#';
const maxName = 16;
const maxParameterName = 16;
const isSpace = (char: string): boolean => char === ' ' || char === '\t' || char === '\r' || char === '\n';

type State =
  | 'before command'
  | 'command'
  | 'before parameter'
  | 'parameter'
  | 'before equals'
  | 'before value'
  | 'value'
  | 'escaped'
  | 'after value'
  | 'first hyphen'
  | 'second hyphen'
  | 'error'
  | 'error first hyphen'
  | 'error second hyphen';

/**
 * Finds SSI commands in a page that comes in pieces (ngx_http_ssi_filter_module.c, ngx_http_ssi_parse). What may be the
 * beginning of a command is held back until it is decided.
 */
export class SsiParser {
  private readonly valueLength: number;
  /** Text that may turn out to be `<!--#`; null inside a command. */
  private held: string | null = '';
  private state: State = 'before command';
  private name = '';
  private parameters: [string, string][] = [];
  private quote = '';
  private message = '';

  /** `valueLength` is `ssi_value_length`. */
  constructor(valueLength: number) {
    this.valueLength = valueLength;
  }

  /** The items completed by `bytes`. As in nginx, what is held back when the page ends never comes. */
  push(bytes: string): SsiItem[] {
    const items: SsiItem[] = [];
    let at = 0;
    while (at < bytes.length) {
      if (this.held === null) {
        const item = this.step(bytes[at++]!);
        if (item !== null) items.push(item);
      } else at = this.scan(bytes, at, items);
    }
    return items;
  }

  /** Reads text up to a command's opening; returns where to go on. */
  private scan(bytes: string, from: number, items: SsiItem[]): number {
    const text = this.held + bytes.slice(from);
    const found = text.indexOf(opening);
    if (found !== -1) {
      addText(items, text.slice(0, found));
      const consumed = found + opening.length - this.held!.length;
      this.held = null;
      this.state = 'before command';
      this.name = '';
      this.parameters = [];
      return from + consumed;
    }
    let keep = Math.min(opening.length - 1, text.length);
    while (keep > 0 && !opening.startsWith(text.slice(-keep))) keep--;
    addText(items, text.slice(0, text.length - keep));
    this.held = keep === 0 ? '' : text.slice(-keep);
    return bytes.length;
  }

  /** Takes one byte of a command; the item when it is complete. */
  private step(char: string): SsiItem | null {
    switch (this.state) {
      case 'before command':
        if (!isSpace(char)) {
          this.name = char;
          this.state = 'command';
        }
        return null;
      case 'command':
        if (isSpace(char)) this.state = 'before parameter';
        else if (char === '-') this.state = 'first hyphen';
        else if (this.name.length === maxName)
          this.fail(`the "${this.name}${char}..." SSI command is too long`);
        else this.name += char;
        return null;
      case 'before parameter':
        if (isSpace(char)) return null;
        if (char === '-') this.state = 'first hyphen';
        else {
          this.parameters.push([char, '']);
          this.state = 'parameter';
        }
        return null;
      case 'parameter':
        this.stepName(char);
        return null;
      case 'before equals':
        if (char === '=') this.state = 'before value';
        else if (!isSpace(char))
          this.fail(
            `unexpected "${char}" symbol after "${this.key}" parameter in "${this.name}" SSI command`,
            char,
          );
        return null;
      case 'before value':
        if (char === '"' || char === "'") {
          this.quote = char;
          this.state = 'value';
        } else if (!isSpace(char))
          this.fail(
            `unexpected "${char}" symbol before value of "${this.key}" parameter in "${this.name}" SSI command`,
            char,
          );
        return null;
      case 'value':
        if (char === this.quote) this.state = 'after value';
        else {
          if (char === '\\') this.state = 'escaped';
          this.addValue(char);
        }
        return null;
      case 'escaped':
        this.state = 'value';
        this.addValue(char);
        return null;
      case 'after value':
        if (isSpace(char)) this.state = 'before parameter';
        else if (char === '-') this.state = 'first hyphen';
        else
          this.fail(
            `unexpected "${char}" symbol after "${this.value}" value of "${this.key}" parameter in "${this.name}" SSI command`,
          );
        return null;
      default:
        return this.stepEnd(char);
    }
  }

  private stepName(char: string): void {
    if (isSpace(char)) this.state = 'before equals';
    else if (char === '=') this.state = 'before value';
    else if (char === '-')
      this.fail(`unexpected "-" symbol after "${this.key}" parameter in "${this.name}" SSI command`, char);
    else if (this.key.length === maxParameterName)
      this.fail(`too long "${this.key}${char}..." parameter in "${this.name}" SSI command`);
    else this.parameters.at(-1)![0] += char;
  }

  /** Hyphens and `>` at the end of a command, or of what is skipped after an error. */
  private stepEnd(char: string): SsiItem | null {
    switch (this.state) {
      case 'first hyphen':
        if (char === '-') this.state = 'second hyphen';
        else this.fail(`unexpected "${char}" symbol in "${this.name}" SSI command`);
        return null;
      case 'second hyphen':
        if (char === '>')
          return this.complete({ kind: 'command', name: this.name, parameters: this.parameters });
        this.fail(`unexpected "${char}" symbol in "${this.name}" SSI command`);
        return null;
      case 'error second hyphen':
        if (char === '>') return this.complete({ kind: 'error', message: this.message });
        this.state = 'error';
        return null;
      case 'error first hyphen':
        this.state = char === '-' ? 'error second hyphen' : 'error';
        return null;
      default:
        if (char === '-') this.state = 'error first hyphen';
        return null;
    }
  }

  private get key(): string {
    return this.parameters.at(-1)![0];
  }

  private get value(): string {
    return this.parameters.at(-1)![1];
  }

  private addValue(char: string): void {
    if (this.value.length === this.valueLength)
      this.fail(
        `too long "${this.value}${char}..." value of "${this.key}" parameter in "${this.name}" SSI command`,
      );
    else this.parameters.at(-1)![1] += char;
  }

  private fail(message: string, char = ''): void {
    this.message = message;
    this.state = char === '-' ? 'error first hyphen' : 'error';
  }

  private complete(item: SsiItem): SsiItem {
    this.held = '';
    return item;
  }
}

function addText(items: SsiItem[], text: string): void {
  if (text !== '') items.push({ kind: 'text', text });
}
