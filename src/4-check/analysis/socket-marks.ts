import type { ResolvedBlock, ResolvedConfig } from '../../2-resolve/resolved-config.ts';

const annotation = /^#\s*hopwright:\s*websocket\b/;

/** Locations of which a comment `# hopwright: websocket`, on their line or the one before, says that they are for sockets. */
export function socketMarks(config: ResolvedConfig): ReadonlySet<ResolvedBlock> {
  const lines = markedLines(config);
  const marked = new Set<ResolvedBlock>();
  if (lines.size === 0) return marked;
  for (const block of config.blocks('location')) {
    if (block.directive === null) continue;
    const { file, start } = block.directive.node;
    if (lines.has(`${file.lineAt(start)}:${file.path}`)) marked.add(block);
  }
  return marked;
}

/** `line:path` of the lines on or right below such a comment. */
function markedLines(config: ResolvedConfig): ReadonlySet<string> {
  const lines = new Set<string>();
  for (const file of config.files) {
    if (!file.text.includes('hopwright:')) continue;
    file.text.split('\n').forEach((text, index) => {
      const comment = text.indexOf('#');
      if (comment === -1 || !annotation.test(text.slice(comment))) return;
      lines.add(`${index + 1}:${file.path}`);
      if (text.slice(0, comment).trim() === '') lines.add(`${index + 2}:${file.path}`);
    });
  }
  return lines;
}
