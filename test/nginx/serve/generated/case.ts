/** A directive's line, or a block with lines and blocks. */
export type Node = string | Block;

export interface Block {
  /** What stands before the brace. */
  readonly head: string;
  readonly body: readonly Node[];
}

/** A request as it is sent on a new connection. */
export interface GeneratedRequest {
  /** Latin1 bytes, sent one after the other with a pause. `{{PORT}}`, `{{B1}}` … stand for addresses. */
  readonly pieces: readonly string[];
  /** The methods of the requests in it: as many answers are waited for. */
  readonly methods: readonly string[];
  /** Each piece is a request of its own, sent when the one before has been answered. */
  readonly inTurn?: boolean;
}

/** One configuration with its requests, as both servers get them. Text holds placeholders as in ../shared/truth. */
export interface GeneratedCase {
  readonly id: string;
  readonly config: readonly Node[];
  /** Files beside nginx.conf, by name below the prefix. */
  readonly files: Readonly<Record<string, string>>;
  /** Mode of B1, B2 and B3; see `backend.ts`. */
  readonly backends: readonly string[];
  readonly requests: readonly GeneratedRequest[];
}

export function printConfig(nodes: readonly Node[], indent = ''): string {
  return nodes
    .map((node) =>
      typeof node === 'string'
        ? `${indent}${node}\n`
        : `${indent}${node.head} {\n${printConfig(node.body, `${indent}  `)}${indent}}\n`,
    )
    .join('');
}

/** Without the node that comes at place `index` of the text; null past the last one. */
export function withoutNode(nodes: readonly Node[], index: number): Node[] | null {
  const drop = (list: readonly Node[]): Node[] =>
    list.flatMap((node): Node[] => {
      if (index-- === 0) return [];
      return typeof node === 'string' ? [node] : [{ head: node.head, body: drop(node.body) }];
    });
  const rest = drop(nodes);
  return index < 0 ? rest : null;
}
