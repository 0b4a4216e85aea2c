import type { TreeEntry } from '../git/trees.ts';
import type { Repository, World } from '../state.ts';
import type { Schemas } from './schemas.ts';

/** One entry of GitHub's `content-directory`, also what a written file is answered with. */
export function renderEntry(
  world: World,
  repository: Repository,
  ref: string,
  entry: TreeEntry,
): Schemas['content-directory'][number] {
  const api = world.api(`/repos/${repository.fullName}`);
  const path = entry.path.split('/').map(encodeURIComponent).join('/');
  const type =
    entry.type === 'tree'
      ? 'dir'
      : entry.type === 'commit'
        ? 'submodule'
        : entry.mode === '120000'
          ? 'symlink'
          : 'file';
  const self = `${api}/contents/${path}?ref=${encodeURIComponent(ref)}`;
  const git = `${api}/git/${entry.type === 'tree' ? 'trees' : 'blobs'}/${entry.sha}`;
  const html = world.web(`/${repository.fullName}/${entry.type === 'tree' ? 'tree' : 'blob'}/${ref}/${path}`);
  return {
    name: entry.path.split('/').at(-1) ?? '',
    path: entry.path,
    sha: entry.sha,
    size: entry.size ?? 0,
    url: self,
    html_url: html,
    git_url: git,
    download_url: entry.type === 'blob' ? world.web(`/${repository.fullName}/raw/${ref}/${path}`) : null,
    type,
    _links: { self, git, html },
  };
}

/** GitHub's `content-file`; above a megabyte it comes without its content. */
export function renderFileContent(
  world: World,
  repository: Repository,
  ref: string,
  entry: TreeEntry,
  content: Buffer | null,
) {
  const rendered = renderEntry(world, repository, ref, entry);
  if (entry.mode === '120000') return { ...rendered, type: 'symlink', target: content?.toString() ?? '' };
  return {
    ...rendered,
    type: 'file' as const,
    content: content === null ? '' : content.toString('base64').replace(/.{1,60}/g, '$&\n'),
    encoding: content === null ? 'none' : 'base64',
  } satisfies Schemas['content-file'];
}
