import { Lexer } from 'chevrotain';
import { tokenTypes } from './tokens.ts';

/** Builds the lexer; `validate` checks the token definitions, which tests do and the shipped program need not. */
export function createLexer(validate: boolean): Lexer {
  return new Lexer(tokenTypes, {
    positionTracking: 'onlyOffset',
    lineTerminatorsPattern: /\n/g,
    lineTerminatorCharacters: ['\n'],
    ensureOptimizations: true,
    skipValidations: !validate,
  });
}
