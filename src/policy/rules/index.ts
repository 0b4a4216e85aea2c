import { autoPaths } from './auto-paths.ts';
import { changeLimits } from './change-limits.ts';
import { dependencyFiles } from './dependency-files.ts';
import { fileModes } from './file-modes.ts';
import { forbiddenPaths } from './forbidden-paths.ts';
import { invisibleCharacters } from './invisible-characters.ts';
import { notApplicable } from './not-applicable.ts';
import { ownFiles } from './own-files.ts';
import { owners } from './owners.ts';
import { pathCollisions } from './path-collisions.ts';
import { pathSafety } from './path-safety.ts';
import { protectedPaths } from './protected-paths.ts';
import type { Rule } from './rule.ts';

/** Every rule of policy, in the order that verdicts show them. All are asked; the strictest wins. */
export const RULES: readonly Rule[] = [
  pathSafety,
  fileModes,
  pathCollisions,
  forbiddenPaths,
  notApplicable,
  protectedPaths,
  owners,
  ownFiles,
  dependencyFiles,
  invisibleCharacters,
  changeLimits,
  autoPaths,
];
