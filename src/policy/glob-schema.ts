import { z } from 'zod';
import { globProblem, globsProblem, MAX_GLOBS } from './globs.ts';

const glob = z.string().superRefine((value, context) => {
  const problem = globProblem(value);
  if (problem)
    context.addIssue({
      code: 'custom',
      message: `the glob ${JSON.stringify(value.slice(0, 80))} ${problem}`,
    });
});

/** A list of globs, limited so that a policy file of any content is evaluated in well under a second. */
export const globsSchema = z
  .array(glob)
  .max(MAX_GLOBS)
  .superRefine((list, context) => {
    const problem = globsProblem(list);
    if (problem) context.addIssue({ code: 'custom', message: `the globs ${problem}` });
  });
