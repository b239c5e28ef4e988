import { run, share, type Shared } from '../../2-resolve/resolve.ts';
import type { ResolvedConfig } from '../../2-resolve/resolved-config.ts';
import { ordinaryUpstream } from '../../explain/assumed-upstream.ts';
import { explainByVersion, versionsToTry } from '../../explain/by-version.ts';
import { explainRefusal, explainRequest, type Explained } from '../../explain/explain-request.ts';
import type { ExplainedRequest } from '../../explain/request.ts';
import { situationOf, type Situation, type SituationOptions } from '../../explain/situation.ts';
import { newestVersion } from '../../nginx/versions.ts';
import type { SourceFile } from '../../text/source-file.ts';

/** What is asked of which configuration, in which version. */
export interface Question {
  readonly source: SourceFile;
  /** How the configuration is read for one version. */
  readonly settings: (target: string) => SituationOptions;
  /** A version, or `any`. */
  readonly target: string;
  /** An ordinary request is meant: upstreams answer it. */
  readonly plain: boolean;
}

/** An answer with what its rendering needs. */
export interface Answer extends Explained {
  /** The versions that it holds for; null when one was asked for. */
  readonly range: string | null;
  readonly config: ResolvedConfig;
  readonly situation: Situation | null;
}

/** The answer for a configuration that nginx would refuse. */
export function refusalOf(config: ResolvedConfig): Answer {
  return {
    explanation: explainRefusal(config),
    causes: [],
    outcome: null,
    range: null,
    config,
    situation: null,
  };
}

/** The answer in a configuration that is read already: what its engine remembers, such as round robin, goes on. */
export function answerIn(situation: Situation, request: ExplainedRequest, plain: boolean): Answer {
  const explained = explainRequest(situation, request, plain ? ordinaryUpstream : undefined);
  return { ...explained, range: null, config: situation.config, situation };
}

function answerFor(question: Question, target: string, request: ExplainedRequest, shared?: Shared): Answer {
  const { config, situation } = situationOf(question.source, question.settings(target), shared);
  return situation === null ? refusalOf(config) : answerIn(situation, request, question.plain);
}

/** One answer, or for `any` one for each range of versions, newest first. */
export function answersFor(question: Question, request: ExplainedRequest): Answer[] {
  if (question.target !== 'any') return [answerFor(question, question.target, request)];
  const answers = new Map<string, Answer>();
  const settings = question.settings(newestVersion);
  const shared = share(settings);
  const newest = run(question.source, settings, newestVersion, shared).config;
  const ranged = explainByVersion(versionsToTry(newest), (version) => {
    const answer = answerFor(question, version, request, shared);
    answers.set(version, answer);
    return answer.explanation;
  });
  return ranged.map(({ range, ...explanation }) => ({
    ...answers.get(explanation.target)!,
    explanation,
    range,
  }));
}

/** With `any`, it has to work on the newest versions: older ones are told apart, not held against it. */
export function exitCode(answers: readonly Answer[], plain: boolean): 0 | 1 {
  const [{ explanation, outcome }] = answers as [Answer];
  const { verdict, upstream } = explanation;
  if (plain || verdict === 'plain') return upstream !== null && outcome?.end === 'forwarded' ? 0 : 1;
  return verdict === 'upgrades' ? 0 : 1;
}
