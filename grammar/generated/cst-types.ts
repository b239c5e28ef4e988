import type { CstNode, ICstVisitor, IToken } from "chevrotain";

export interface StatementsCstNode extends CstNode {
  name: "statements";
  children: StatementsCstChildren;
}

export type StatementsCstChildren = {
  statement?: StatementCstNode[];
};

export interface StatementCstNode extends CstNode {
  name: "statement";
  children: StatementCstChildren;
}

export type StatementCstChildren = {
  directive?: DirectiveCstNode[];
  block?: BlockCstNode[];
  strayTerminators?: StrayTerminatorsCstNode[];
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
  statement?: StatementCstNode[];
  RightBrace: IToken[];
};

export interface StrayTerminatorsCstNode extends CstNode {
  name: "strayTerminators";
  children: StrayTerminatorsCstChildren;
}

export type StrayTerminatorsCstChildren = {
  Semicolon: IToken[];
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
  statement(children: StatementCstChildren, param?: IN): OUT;
  directive(children: DirectiveCstChildren, param?: IN): OUT;
  block(children: BlockCstChildren, param?: IN): OUT;
  strayTerminators(children: StrayTerminatorsCstChildren, param?: IN): OUT;
  opening(children: OpeningCstChildren, param?: IN): OUT;
  closing(children: ClosingCstChildren, param?: IN): OUT;
}
