import { type Answer, onRepository, type RepositoryCall, type Route } from '../call.ts';
import { resolveCommit } from '../git/refs.ts';
import { notFound } from '../refusal.ts';

/** The files of a commit as a tar file, by way of a redirect, as GitHub sends one to codeload.github.com. */
export const archiveRoutes: readonly Route[] = [
  onRepository('GET /repos/{owner}/{repo}/tarball/{ref}', { app: 'contents:read', user: 'read' }, redirect),
];

async function redirect(call: RepositoryCall): Promise<Answer> {
  const { repository, world } = call;
  const sha = await resolveCommit(repository.directory, call.params.ref ?? '');
  if (sha === null) throw notFound();
  const ticket = world.archives.issue({
    directory: repository.directory,
    prefix: `${repository.owner.login}-${repository.name}`,
    sha,
  });
  return {
    status: 302,
    headers: { location: world.api(`/codeload/${ticket}/${repository.fullName}/legacy.tar.gz/${sha}`) },
  };
}
