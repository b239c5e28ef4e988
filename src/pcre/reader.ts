/** Options that `(?imnsxJU)` change. */
export const Option = {
  caseless: 1,
  multiline: 2,
  dotAll: 4,
  extended: 8,
  extendedMore: 16,
  noAutoCapture: 32,
  ungreedy: 64,
  duplicateNames: 128,
} as const;

export const maxGroupNumber = 65535;
const maxRepeatCount = 65535;
const maxNameLength = 32;

/** Thrown inside `src/pcre/` when PCRE2 would refuse the pattern; `parsePcre` turns it into a value. */
export class Refusal {
  readonly code: number;
  readonly offset: number;

  constructor(code: number, offset: number) {
    this.code = code;
    this.offset = offset;
  }
}

const digits = /\d+/y;
const nameBytes = /\w*/y;

/** 0 to 9; false at the end of the pattern. */
export function isDigit(char: string | undefined): boolean {
  return char !== undefined && char >= '0' && char <= '9';
}

/** The pattern and the place in it, with the small readers that several constructs share. */
export class Reader {
  readonly text: string;
  at = 0;
  options: number;
  /** Number of capturing groups opened so far. */
  captures = 0;

  constructor(text: string, options: number) {
    this.text = text;
    this.options = options;
  }

  get ended(): boolean {
    return this.at >= this.text.length;
  }

  /** The character here, or undefined at the end. */
  peek(): string | undefined {
    return this.text[this.at];
  }

  on(option: number): boolean {
    return (this.options & option) !== 0;
  }

  refuse(code: number, offset: number = this.at): never {
    throw new Refusal(code, offset);
  }

  /**
   * A decimal number, or null when there is none. With `relativeTo` (a group count) a sign makes the number relative to it.
   * Too large a number is refused with `tooBig`.
   */
  number(limit: number, tooBig: number, relativeTo = -1): number | null {
    const start = this.at;
    let sign = 0;
    if (relativeTo >= 0 && (this.peek() === '+' || this.peek() === '-')) {
      sign = this.peek() === '+' ? 1 : -1;
      this.at++;
    }
    digits.lastIndex = this.at;
    const found = digits.exec(this.text);
    if (found === null) {
      this.at = start;
      return null;
    }
    const most = sign > 0 ? limit - relativeTo : limit;
    let value = 0;
    for (const digit of found[0]) {
      value = value * 10 + Number(digit);
      this.at++;
      if (value > most) this.refuse(tooBig);
    }
    if (sign === 0) return value;
    if (value === 0) this.refuse(126);
    if (sign > 0) return value + relativeTo;
    if (value > relativeTo) this.refuse(115);
    return relativeTo + 1 - value;
  }

  /** The counts of `{n}`, `{n,}` or `{n,m}`, this being just after the `{`; null (nothing read) when it is no quantifier. */
  repeatCounts(): { min: number; max: number } | null {
    const shape = /\d[\d]*(?:,\d*)?\}/y;
    shape.lastIndex = this.at;
    if (!shape.test(this.text)) return null;
    const min = this.number(maxRepeatCount, 105)!;
    let max = min;
    if (this.peek() === ',') {
      this.at++;
      max = this.peek() === '}' ? Infinity : this.number(maxRepeatCount, 105)!;
      if (max < min) this.refuse(104);
    }
    this.at++;
    return { min, max };
  }

  /**
   * The name of a group, this being on the character before it; afterwards behind its terminator.
   * Returns the name and the offset of its first byte.
   */
  groupName(terminator: string): { name: string; offset: number } {
    this.at++;
    if (this.ended) this.refuse(162);
    const offset = this.at;
    if (isDigit(this.peek())) this.refuse(144);
    const name = this.word(148);
    if (name === '') this.refuse(162);
    if (this.peek() !== terminator) this.refuse(142);
    this.at++;
    return { name, offset };
  }

  /** Word characters from here, possibly none; refused when longer than a name may be. */
  word(tooLong: number): string {
    nameBytes.lastIndex = this.at;
    const name = nameBytes.exec(this.text)![0];
    this.at += name.length;
    if (name.length > maxNameLength) this.refuse(tooLong);
    return name;
  }
}
