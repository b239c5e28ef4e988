import type { ResolvedBlock, ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import { levelName } from '../../explain/causes/cause.ts';
import { isOn } from '../../nginx/values/flag.ts';
import { socketLocation } from '../analysis/socket-example.ts';
import { atSites } from '../analysis/socket-sites.ts';
import { at, related } from '../context.ts';
import type { Rule } from '../rule.ts';

/** The configuration on two lines before the location. */
function withModule(location: string): string {
  return `load_module modules/ngx_http_modsecurity_module.so; events {}\nhttp { server {\n${location}} }\n`;
}

const rule: Rule = {
  code: 'ws/waf',
  severity: 'warning',
  title: "A web application firewall reads the socket's answer",
  documentation: {
    finds: '`modsecurity on` (or Coraza) for a location meant for sockets.',
    matters:
      'ModSecurity buffers answers and has been known to turn the 101 into a 200. Its rules also see no data inside the tunnel. It depends on the version of the module.',
    versions: 'Depends on the module.',
    references: ['https://github.com/owasp-modsecurity/ModSecurity-nginx'],
  },
  examples: [
    {
      config: withModule(socketLocation('modsecurity on;')),
      findings: [{ line: 8, message: 'modsecurity' }],
    },
    { config: withModule(socketLocation('modsecurity off;')), findings: [] },
  ],
  *check(context) {
    const firewalls = ['modsecurity', 'coraza'].filter((name) => context.named(name).length > 0);
    if (firewalls.length === 0) return;
    yield* atSites(context, function* ({ block }) {
      for (const name of firewalls) {
        const set = nearest(block, name);
        if (set === null || !isOn(set)) continue;
        yield {
          ...at(set),
          message: `${name} applies to the socket in ${levelName(block)}: some versions turn the 101 into a 200`,
          detail: 'It depends on the version of the module. People see: "Unexpected response code: 200".',
          related: [related(block.directive!, 'the location')],
          help: `Write "${name} off;" in the location.`,
        };
      }
    });
  },
};

/** The directive of an add-on at the nearest level; add-ons inherit like nginx's own. */
function nearest(block: ResolvedBlock, name: string): ResolvedDirective | null {
  for (let level: ResolvedBlock | null = block; level !== null; level = level.parent) {
    const own = level.directives.findLast((one) => one.name === name);
    if (own !== undefined) return own;
  }
  return null;
}

export default rule;
