import { autoPaths } from './auto-paths.ts';
import { changeLimits } from './change-limits.ts';
import { customRules } from './custom-rules.ts';
import { dependencyFiles } from './dependency-files.ts';
import { executableConfig } from './executable-config.ts';
import { fileContents } from './file-contents.ts';
import { fileModes } from './file-modes.ts';
import { forbiddenPaths } from './forbidden-paths.ts';
import { invisibleCharacters } from './invisible-characters.ts';
import { licenses } from './licenses.ts';
import { mixedScripts } from './mixed-scripts.ts';
import { notApplicable } from './not-applicable.ts';
import { ownFiles } from './own-files.ts';
import { owners } from './owners.ts';
import { pathCollisions } from './path-collisions.ts';
import { pathSafety } from './path-safety.ts';
import { permissions } from './permissions.ts';
import { pipelineFiles } from './pipeline-files.ts';
import { protectedPaths } from './protected-paths.ts';
import type { Rule } from './rule.ts';
import { secrets } from './secrets.ts';
import { whenAllowed } from './when-allowed.ts';

/** Every rule of policy, in the order that verdicts show them. All are asked; the strictest wins. */
export const RULES: readonly Rule[] = [
  pathSafety,
  fileModes,
  pathCollisions,
  forbiddenPaths,
  notApplicable,
  secrets,
  whenAllowed,
  permissions,
  protectedPaths,
  owners,
  ownFiles,
  pipelineFiles,
  executableConfig,
  dependencyFiles,
  licenses,
  invisibleCharacters,
  mixedScripts,
  fileContents,
  changeLimits,
  customRules,
  autoPaths,
];
