import type { ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import type { Word } from '../../1-syntax/ast.ts';
import { has } from '../../pcre/byte-set.ts';
import { alternativesOf, type Node } from '../../pcre/tree.ts';
import { regexUses, type RegexUse } from '../analysis/regexes.ts';
import { referencesIn } from '../analysis/variables.ts';
import { atWord, related, type CheckContext, type Compute } from '../context.ts';
import type { Finding, Rule } from '../rule.ts';

const newline = 0x0a;

const rule: Rule = {
  code: 'security/http-splitting',
  severity: 'warning',
  title: 'A line break from the URL can get into a header',
  documentation: {
    finds:
      '`$uri`, `$document_uri`, or a capture of a `location` that can match a line break (`[^/]*`, `\\s`, not `.*`), in `add_header`, `proxy_set_header`, `proxy_pass` or the target of a redirect.',
    matters:
      'The variables hold the decoded path: `%0d%0a` in a URL becomes a real line break, and with it a client adds headers or a whole answer of its own (response splitting), or a second request to the upstream. Redirects made so are a common way to steal sessions.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#var_uri'],
  },
  examples: [
    {
      within: 'server',
      config: 'return 301 https://example.com$uri;\n',
      findings: [{ line: 1, message: '$uri' }],
    },
    {
      within: 'server',
      config: 'location ~ ^/user/([^/]*)$ {\n    add_header X-User $1;\n}\n',
      findings: [{ line: 2, message: '$1' }],
    },
    {
      within: 'server',
      config: 'location ~ ^/user/(.*)$ {\n    add_header X-User $1;\n}\n',
      findings: [],
    },
    { within: 'server', config: 'return 301 https://example.com$request_uri;\n', findings: [] },
  ],
  *check(context) {
    for (const name of ['add_header', 'add_trailer', 'proxy_set_header'])
      yield* risksAmong(context, context.alike(name), 1);
    for (const directive of context.named('return')) {
      const [code, target] = directive.args;
      if (target === undefined) yield* risks(context, directive, code);
      else if (/^30[12378]$/.test(code!.value)) yield* risks(context, directive, target);
    }
    for (const directive of context.named('rewrite')) {
      const target = directive.args[1];
      if (/^(https?:\/\/|\$scheme)/.test(target?.value ?? ''))
        yield* risks(context, directive, target, false);
    }
    yield* risksAmong(context, context.alike('proxy_pass'), 0);
  },
};

/** The risks of one argument; whether it reads the path or captures is the same for directives with the same words. */
function* risksAmong(
  context: CheckContext,
  groups: Iterable<readonly ResolvedDirective[]>,
  argument: number,
): Generator<Finding> {
  const anyRegex = context.shared(locationRegexes).size > 0;
  for (const directives of groups) {
    const value = directives[0]!.values[argument] ?? '';
    if (anyRegex ? value.includes('$') : pathVariable.test(value))
      for (const directive of directives) yield* risks(context, directive, directive.args[argument]);
  }
}

const pathVariable = /\$\{?(?:document_)?uri/i;

function* risks(
  context: CheckContext,
  directive: ResolvedDirective,
  word: Word | undefined,
  captures = true,
): Generator<Finding> {
  if (word === undefined || !word.value.includes('$')) return;
  const inRegex = captures && context.shared(locationRegexes).has(directive.block.directive);
  if (!inRegex && !pathVariable.test(word.value)) return;
  for (const { name, written } of referencesIn(word.value)) {
    if (name === 'uri' || name === 'document_uri') {
      yield {
        ...atWord(directive, word),
        message: `$${written} can hold a line break that the client put into the URL as %0a`,
        help: 'Use $request_uri, which stays as the client encoded it.',
      };
    } else if (inRegex) {
      const group = captureOf(context, directive, name);
      if (group !== null)
        yield {
          ...atWord(directive, word),
          message: `$${written} can hold a line break that the client put into the URL as %0a`,
          related: [related(group.directive, 'the capture comes from here')],
          help: 'Leave line breaks out of the capture, for instance [^/\\s]* instead of [^/]*.',
        };
    }
  }
}

/** The location's expression when its group `name` can match a line break. */
function captureOf(context: CheckContext, directive: ResolvedDirective, name: string): RegexUse | null {
  const location = directive.block.directive;
  const use = context.shared(locationRegexes).get(location);
  if (use === undefined) return null;
  const number = /^[1-9]$/.test(name)
    ? Number(name)
    : use.pattern.names.find((one) => one.name.toLowerCase() === name)?.number;
  if (number === undefined) return null;
  return use.pattern.alternatives.some((branch) => branch.some((node) => groupMatchesNewline(node, number)))
    ? use
    : null;
}

const locationRegexes: Compute<ReadonlyMap<ResolvedDirective | null, RegexUse>> = (
  _config,
  _versions,
  shared,
) =>
  new Map(
    shared
      .get(regexUses)
      .filter((use) => use.kind === 'location')
      .map((use) => [use.directive, use]),
  );

function groupMatchesNewline(node: Node, number: number): boolean {
  const inner = alternativesOf(node).flat();
  if (node.type === 'group' && node.kind === 'capture' && node.index === number)
    return inner.some(matchesNewline);
  return inner.some((one) => groupMatchesNewline(one, number));
}

function matchesNewline(node: Node): boolean {
  if (node.type === 'set') return has(node.bytes, newline);
  if (node.type === 'byte') return node.code === newline;
  return alternativesOf(node).flat().some(matchesNewline);
}

export default rule;
