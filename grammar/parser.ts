import { EmbeddedActionsParser, type IOrAlt, type IToken } from 'chevrotain';
import {
  LeftBrace,
  LuaBody,
  OpenLuaBody,
  PlainStatements,
  RightBrace,
  Semicolon,
  tokenTypes,
  Word,
} from './tokens.ts';

/** What the parser tells of what it reads, token by token. */
export interface StatementReader {
  /** The next word of the statement at hand. */
  word(token: IToken): void;
  /** Whole statements of plain words, where a statement may begin. */
  plain(token: IToken): void;
  /** `;`, which ends the statement at hand; it may have no words. */
  end(token: IToken): void;
  /** `{`, which opens a block of the statement at hand; it may have no words. */
  open(token: IToken): void;
  /** `}`, which closes the block opened last; the statement before it may lack its end. */
  close(token: IToken): void;
  /** The Lua body that the statement at hand ends with. */
  lua(token: IToken): void;
}

const nobody: StatementReader = { word() {}, plain() {}, end() {}, open() {}, close() {}, lua() {} };

/**
 * The grammar of nginx's configuration language. It takes every sequence of tokens in which each `}` of
 * `statements` has its `{`; what nginx refuses (a missing `;`, `;` without words) is told like anything else and
 * judged by its reader. Braces that do not pair within the tokens at hand are read by `opening` and `closing`.
 *
 * A large file has hundreds of thousands of tokens: no tree is built here, and what a rule does is made once.
 */
export class ConfigurationParser extends EmbeddedActionsParser {
  reader: StatementReader = nobody;

  constructor(validate: boolean) {
    super(tokenTypes, { maxLookahead: 1, recoveryEnabled: false, skipValidations: !validate });
    this.performSelfAnalysis();
  }

  readonly #word = (): void => this.reader.word(this.CONSUME(Word));

  readonly #statement: IOrAlt<void>[] = [
    { ALT: () => this.reader.plain(this.CONSUME(PlainStatements)) },
    { ALT: () => this.SUBRULE(this.directive) },
    { ALT: () => this.SUBRULE(this.block) },
    { ALT: () => this.reader.end(this.CONSUME(Semicolon)) },
  ];

  readonly #ends: IOrAlt<void>[] = [
    { ALT: () => this.reader.end(this.CONSUME(Semicolon)) },
    { ALT: () => this.SUBRULE(this.block) },
    { ALT: () => this.reader.lua(this.CONSUME(LuaBody)) },
    { ALT: () => this.reader.lua(this.CONSUME(OpenLuaBody)) },
  ];

  readonly #nextStatement = (): void => this.OR(this.#statement);
  readonly #end = (): void => this.OR(this.#ends);

  /** Directives whose blocks are closed. */
  readonly statements = this.RULE('statements', () => {
    this.MANY(this.#nextStatement);
  });

  readonly directive = this.RULE('directive', () => {
    this.AT_LEAST_ONE(this.#word);
    this.OPTION(this.#end);
  });

  readonly block = this.RULE('block', () => {
    this.reader.open(this.CONSUME(LeftBrace));
    this.SUBRULE(this.statements);
    this.reader.close(this.CONSUME(RightBrace));
  });

  /** The head of a block whose `}` is not among the tokens at hand. */
  readonly opening = this.RULE('opening', () => {
    this.MANY(this.#word);
    this.reader.open(this.CONSUME(LeftBrace));
  });

  /** The `}` of a block whose `{` is not among the tokens at hand. */
  readonly closing = this.RULE('closing', () => {
    this.reader.close(this.CONSUME(RightBrace));
  });
}
