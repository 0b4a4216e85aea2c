import type { components } from '@octokit/openapi-types';

/** GitHub's own description of its answers; the renderers are typed by it. */
export type Schemas = components['schemas'];
