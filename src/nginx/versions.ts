import { compareVersions } from '../text/compare-versions.ts';

/** nginx versions as data: everything that differs between releases compares against these. */

/** The newest version whose facts the tables hold. */
export const newestVersion = '1.31.5';

/** The oldest version that `any` stands for: the first one that tunnels upgraded connections. */
export const oldestVersion = '1.3.13';

/** What `--target` accepts: one version, or every version from {@link oldestVersion} on. */
export type Target = string;

const versionPattern = /^\d+\.\d+\.\d+$/;

/** Whether `text` is `any` or a version such as `1.22.1`. */
export function isTarget(text: string): boolean {
  return text === 'any' || versionPattern.test(text);
}

/** The versions a configuration has to work on. */
export class TargetVersions {
  /** As given: a version or `any`. */
  readonly target: Target;
  /** The version that decides where only one can: the target itself, or the newest for `any`. */
  readonly judge: string;

  constructor(target: Target) {
    this.target = target;
    this.judge = target === 'any' ? newestVersion : target;
  }

  /** Whether one of the versions is `version` or newer. */
  reaches(version: string): boolean {
    return compareVersions(this.judge, version) >= 0;
  }

  /** Whether one of the versions is older than `version`. */
  startsBefore(version: string): boolean {
    return compareVersions(this.target === 'any' ? oldestVersion : this.target, version) < 0;
  }
}
