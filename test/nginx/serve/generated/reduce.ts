import { withoutNode, type GeneratedCase, type GeneratedRequest } from './case.ts';

type Drop = (generated: GeneratedCase, index: number) => GeneratedCase | 'kept' | null;

/** Without the request at `index`. */
const dropRequest: Drop = ({ requests, ...rest }, index) => {
  if (index >= requests.length) return null;
  return requests.length === 1 ? 'kept' : { ...rest, requests: requests.toSpliced(index, 1) };
};

const dropNode: Drop = (generated, index) => {
  const config = withoutNode(generated.config, index);
  return config && { ...generated, config };
};

/** Without one header line of a request. */
const dropHeader: Drop = (generated, index) => {
  const { requests } = generated;
  for (const [at, request] of requests.entries()) {
    const lines = request.pieces[0]!.split('\r\n');
    const headers = lines.indexOf('') - 1;
    if (index < headers) {
      const shorter: GeneratedRequest = {
        ...request,
        pieces: request.pieces.with(0, lines.toSpliced(index + 1, 1).join('\r\n')),
      };
      return { ...generated, requests: requests.with(at, shorter) };
    }
    index -= Math.max(0, headers);
  }
  return null;
};

/**
 * The smallest case that `fails` still holds for, as far as dropping one part after the other leads.
 *
 * @param budget how often `fails` may be asked
 */
export async function reduce(
  generated: GeneratedCase,
  fails: (candidate: GeneratedCase) => Promise<boolean>,
  budget: number,
): Promise<GeneratedCase> {
  let best = generated;
  for (const drop of [dropRequest, dropNode, dropHeader, dropNode]) {
    for (let index = 0; budget > 0;) {
      const candidate = drop(best, index);
      if (candidate === null) break;
      if (candidate !== 'kept' && (budget--, await fails(candidate))) best = candidate;
      else index++;
    }
  }
  return best;
}
