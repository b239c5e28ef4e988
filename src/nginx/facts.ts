import type { DirectiveTables, VariableFact } from './facts-format.ts';
import { directiveTables } from './generated/directives.ts';
import { thirdPartyTables } from './generated/third-party.ts';
import { variableTable } from './generated/variables.ts';

/** The generated tables, each parsed when it is first asked for. One object serves any number of versions. */
export class Facts {
  #directives: DirectiveTables | undefined;
  #thirdParty: DirectiveTables | undefined;
  #variables: readonly VariableFact[] | undefined;

  get directives(): DirectiveTables {
    this.#directives ??= JSON.parse(directiveTables) as DirectiveTables;
    return this.#directives;
  }

  get thirdParty(): DirectiveTables {
    this.#thirdParty ??= JSON.parse(thirdPartyTables) as DirectiveTables;
    return this.#thirdParty;
  }

  get variables(): readonly VariableFact[] {
    this.#variables ??= JSON.parse(variableTable) as VariableFact[];
    return this.#variables;
  }
}
