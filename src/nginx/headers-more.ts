import type { CheckContext } from './check-context.ts';
import type { Handler, ModuleChecks } from './module-checks.ts';
import type { Problem } from './problem.ts';
import { problem } from './problem.ts';
import { compileScript } from './script.ts';

/** What the add-on says it says to the log of errors, without a place. */
function refuse(cx: CheckContext, text: string, word: number): Problem {
  return problem('invalid-parameter', `${cx.name}: ${text}`, { word, placeless: true, level: 'error' });
}

/** The options that a directive takes; true for those that a value follows. */
type Options = Readonly<Record<string, boolean>>;

const outputOptions: Options = { '-t': true, '-s': true };
const inputOptions: Options = { '-t': true, '-r': false };

/** `-s '404 500'` */
function checkStatuses(cx: CheckContext, word: number): Problem | null {
  const wrong = /[^\d\s]/.exec(cx.arg(word))?.[0];
  return wrong === undefined
    ? null
    : refuse(cx, `invalid digit "${wrong}" found in the status code list "${cx.arg(word)}"`, word);
}

/** `Name: value`; the colon may be missing. Variables of the name stay as they are. */
const headerPattern = /^\s*(\S[^:\s]*)[:\s]*([^]*)$/;

function checkHeader(cx: CheckContext, word: number, valued: boolean): Problem | null {
  const [, name = '', value = ''] = headerPattern.exec(cx.arg(word)) ?? [];
  if (name === '') return refuse(cx, `no key found in the header argument: ${cx.arg(word)}`, word);
  if (name === '*') return refuse(cx, `wildcard key too short: ${cx.arg(word)}`, word);
  // The add-on ends the value with a zero before it is compiled.
  return valued && value !== '' ? compileScript(cx, `${value}\0`, word) : null;
}

const directive =
  (options: Options, valued: boolean): Handler =>
  (cx) => {
    for (let word = 0; word < cx.values.length; word++) {
      const text = cx.arg(word);
      if (text === '') continue;
      if (!text.startsWith('-')) {
        const refused = checkHeader(cx, word, valued);
        if (refused !== null) return refused;
        continue;
      }
      if (!Object.hasOwn(options, text)) return refuse(cx, `invalid option name: "${text}"`, word);
      if (options[text] === false) continue;
      if (word === cx.values.length - 1) return refuse(cx, `option ${text} takes an argument.`, word);
      const refused = text === '-s' ? checkStatuses(cx, word + 1) : null;
      if (refused !== null) return refused;
      word++;
    }
    return null;
  };

/** headers-more-nginx-module */
export const headersMoreModule: ModuleChecks = {
  module: 'ngx_http_headers_more_filter_module',
  directives: {
    more_set_headers: directive(outputOptions, true),
    more_clear_headers: directive(outputOptions, false),
    more_set_input_headers: directive(inputOptions, true),
    more_clear_input_headers: directive(inputOptions, false),
  },
};
