import { CstParser } from 'chevrotain';
import { LeftBrace, LuaBody, OpenLuaBody, RightBrace, Semicolon, tokenTypes, Word } from './tokens.ts';

/**
 * The grammar of nginx's configuration language. It takes every sequence of tokens in which each `}` of
 * `statements` has its `{`; what nginx refuses (a missing `;`, `;` without words) has a place in the tree and is
 * judged by its reader. Braces that do not pair within the tokens at hand are read by `opening` and `closing`.
 */
export class ConfigurationParser extends CstParser {
  constructor(validate: boolean) {
    super(tokenTypes, {
      maxLookahead: 1,
      nodeLocationTracking: 'none',
      recoveryEnabled: false,
      skipValidations: !validate,
    });
    this.performSelfAnalysis();
  }

  /** Directives whose blocks are closed. */
  readonly statements = this.RULE('statements', () => {
    this.MANY(() =>
      this.OR([
        { ALT: () => this.SUBRULE(this.directive) },
        { ALT: () => this.SUBRULE(this.block) },
        { ALT: () => this.CONSUME(Semicolon) },
      ]),
    );
  });

  readonly directive = this.RULE('directive', () => {
    this.AT_LEAST_ONE(() => this.CONSUME(Word));
    this.OPTION(() =>
      this.OR([
        { ALT: () => this.CONSUME(Semicolon) },
        { ALT: () => this.SUBRULE(this.block) },
        { ALT: () => this.CONSUME(LuaBody) },
        { ALT: () => this.CONSUME(OpenLuaBody) },
      ]),
    );
  });

  readonly block = this.RULE('block', () => {
    this.CONSUME(LeftBrace);
    this.SUBRULE(this.statements);
    this.CONSUME(RightBrace);
  });

  /** The head of a block whose `}` is not among the tokens at hand. */
  readonly opening = this.RULE('opening', () => {
    this.MANY(() => this.CONSUME(Word));
    this.CONSUME(LeftBrace);
  });

  /** The `}` of a block whose `{` is not among the tokens at hand. */
  readonly closing = this.RULE('closing', () => {
    this.CONSUME(RightBrace);
  });
}
