import { atWord, atWords } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'headers/multiline',
  severity: 'warning',
  title: 'A header value with a line break',
  documentation: {
    finds:
      'A quoted value of `add_header`, `proxy_set_header` or `more_set_headers` that goes over several lines.',
    matters:
      'The line break is sent as it is. Folded header lines are obsolete (RFC 9112, 5.2): HTTP/2 clients and many HTTP/1 ones refuse the whole answer, often as "protocol error" in one browser only.',
    versions: 'All.',
    references: ['https://www.rfc-editor.org/rfc/rfc9112#section-5.2'],
  },
  examples: [
    {
      within: 'server',
      config: 'add_header Content-Security-Policy "default-src \'self\';\n    img-src *";\n',
      findings: [{ line: 1, message: 'line break' }],
    },
    {
      within: 'server',
      config: 'add_header Content-Security-Policy "default-src \'self\'; img-src *";\n',
      findings: [],
    },
  ],
  *check(context) {
    for (const name of ['add_header', 'add_trailer', 'proxy_set_header', 'more_set_headers'])
      yield* atWords(context, name, function* (directive) {
        const word = directive.args.find((one) => one.value.includes('\n'));
        if (word === undefined) return;
        const text = directive.node.file.text.slice(word.start, word.end);
        yield {
          ...atWord(directive, word),
          message: 'the line break in this value is sent to the other side',
          help: 'Write the value on one line, or put it together with set.',
          fixes: [
            {
              title: 'Join the lines',
              edits: [
                {
                  file: directive.node.file,
                  start: word.start,
                  end: word.end,
                  text: text.replace(/[ \t]*\r?\n[ \t]*/g, ' '),
                },
              ],
            },
          ],
        };
      });
  },
};

export default rule;
