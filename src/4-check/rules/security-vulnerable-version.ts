import type { ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import { compareVersions } from '../../text/compare-versions.ts';
import { advisories, type Advisory } from '../analysis/advisories.ts';
import { at, type CheckContext } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'security/vulnerable-version',
  severity: 'warning',
  title: 'This version has a known fault in something that is used',
  documentation: {
    finds:
      'A directive whose code has a published fault in the nginx version given by `--target`. Says nothing for `any`. Distributions repair faults without changing the version number: a Debian `1.22.1-9+deb12u3` may have the repair.',
    matters: 'The faults reach from crashes to reading or writing memory of the worker from outside.',
    versions: 'The versions of each advisory.',
    references: ['https://nginx.org/en/security_advisories.html'],
  },
  examples: [
    {
      within: 'location',
      target: '1.23.1',
      config: 'mp4;\n',
      findings: [
        { line: 1, message: 'CVE-2026-27784' },
        { line: 1, message: 'CVE-2024-7347' },
        { line: 1, message: 'CVE-2022-41741' },
      ],
    },
    { within: 'location', target: '1.31.5', config: 'mp4;\n', findings: [] },
    { within: 'location', config: 'mp4;\n', findings: [] },
  ],
  *check(context) {
    const { target } = context.versions;
    if (target === 'any') return;
    for (const advisory of advisories) {
      if (!isVulnerable(advisory, target)) continue;
      const user = userOf(context, advisory);
      if (user === null) continue;
      yield {
        ...at(user),
        message: `${advisory.cve}: ${advisory.about} in nginx ${target}`,
        help: `Fixed in ${advisory.fixed.join(' and ')}. A distribution's package may have the fix under the old number.`,
      };
    }
  },
};

function isVulnerable(advisory: Advisory, version: string): boolean {
  const branch = (text: string): string => text.split('.').slice(0, 2).join('.');
  const repaired = advisory.fixed.some(
    (fixed) => branch(fixed) === branch(version) && compareVersions(version, fixed) >= 0,
  );
  return (
    !repaired &&
    advisory.vulnerable.some(
      ([from, to]) => compareVersions(version, from) >= 0 && compareVersions(version, to) <= 0,
    )
  );
}

/** A directive that makes the faulty code run. */
function userOf(context: CheckContext, advisory: Advisory): ResolvedDirective | null {
  for (const need of advisory.needs) {
    const [name = '', value, parameter] = /^([^=:]+)(?:=(.*)|:(.*))?$/.exec(need)!.slice(1);
    const found = context
      .named(name)
      .find((one) =>
        parameter !== undefined
          ? one.values.some((value) => value === parameter)
          : value !== undefined
            ? one.values[0] === value
            : one.values[0] !== 'off',
      );
    if (found !== undefined) return found;
  }
  return null;
}

export default rule;
