// Made by grammar/generate.ts from grammar/parser.ts.
import type { CstNode, ICstVisitor, IToken } from "chevrotain";

export interface StatementsCstNode extends CstNode {
  name: "statements";
  children: StatementsCstChildren;
}

export type StatementsCstChildren = {
  directive?: DirectiveCstNode[];
  block?: BlockCstNode[];
  Semicolon?: IToken[];
};

export interface DirectiveCstNode extends CstNode {
  name: "directive";
  children: DirectiveCstChildren;
}

export type DirectiveCstChildren = {
  Word: IToken[];
  Semicolon?: IToken[];
  block?: BlockCstNode[];
  LuaBody?: IToken[];
  OpenLuaBody?: IToken[];
};

export interface BlockCstNode extends CstNode {
  name: "block";
  children: BlockCstChildren;
}

export type BlockCstChildren = {
  LeftBrace: IToken[];
  statements: StatementsCstNode[];
  RightBrace: IToken[];
};

export interface OpeningCstNode extends CstNode {
  name: "opening";
  children: OpeningCstChildren;
}

export type OpeningCstChildren = {
  Word?: IToken[];
  LeftBrace: IToken[];
};

export interface ClosingCstNode extends CstNode {
  name: "closing";
  children: ClosingCstChildren;
}

export type ClosingCstChildren = {
  RightBrace: IToken[];
};

export interface ICstNodeVisitor<IN, OUT> extends ICstVisitor<IN, OUT> {
  statements(children: StatementsCstChildren, param?: IN): OUT;
  directive(children: DirectiveCstChildren, param?: IN): OUT;
  block(children: BlockCstChildren, param?: IN): OUT;
  opening(children: OpeningCstChildren, param?: IN): OUT;
  closing(children: ClosingCstChildren, param?: IN): OUT;
}
