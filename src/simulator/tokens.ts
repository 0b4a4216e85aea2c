import { createVerify, randomBytes } from 'node:crypto';
import type { Actor } from './actor.ts';
import { clientId } from './ids.ts';
import { Refusal } from './refusal.ts';
import type { Account, App, Installation, Permissions, Repository, World } from './state.ts';

/** An installation token lives one hour. Source: docs.github.com, "Generating an installation access token". */
const TOKEN_LIFE_MS = 3_600_000;
/** A JSON web token of an App may live ten minutes. Source: "Generating a JSON Web Token (JWT) for a GitHub App". */
const JWT_LIFE_S = 600;
/** How far ahead of us a clock may be; GitHub advises to set `iat` a minute back. */
const CLOCK_DRIFT_S = 60;

export interface InstallationGrant {
  readonly permissions: Permissions;
  readonly repositoryIds: ReadonlySet<number> | null;
}

/** The tokens in circulation, and who each one is. */
export interface Tokens {
  forUser(account: Account): string;
  forJob(repository: Repository, permissions: Permissions): string;
  forInstallation(installation: Installation, grant: InstallationGrant): { token: string; expiresAt: string };
  revoke(token: string): void;
  /**
   * Who an `Authorization` header speaks for; nobody when it is absent.
   *
   * @throws Refusal 401 for a token that is unknown, expired or wrongly signed, or whose installation is gone;
   *   403 while its installation is suspended
   */
  actor(authorization: string | undefined): Actor;
}

/** Starts with no tokens. They are random: nothing that people read is made from them. */
export function createTokens(world: World): Tokens {
  const known = new Map<string, { actor: Actor; expires: number | null }>();
  const userTokens = new Map<Account, string>();

  function byToken(token: string): Actor {
    const entry = known.get(token);
    if (entry === undefined || (entry.expires !== null && world.now().getTime() >= entry.expires)) {
      throw new Refusal(401, 'Bad credentials');
    }
    if (entry.actor.kind === 'installation') demandStanding(world, entry.actor.installation);
    return entry.actor;
  }

  return {
    forUser(account) {
      const token = userTokens.get(account) ?? `gho_${random(27)}`;
      userTokens.set(account, token);
      known.set(token, { actor: { kind: 'user', account }, expires: null });
      return token;
    },
    forJob(repository, permissions) {
      const app = world.actionsApp;
      const token = installationToken(app);
      const expires = world.now().getTime() + 24 * TOKEN_LIFE_MS;
      known.set(token, { actor: { kind: 'job', app, account: app.bot, permissions, repository }, expires });
      return token;
    },
    forInstallation(installation, { permissions, repositoryIds }) {
      const { app } = installation;
      const token = installationToken(app);
      const expires = world.now().getTime() + TOKEN_LIFE_MS;
      known.set(token, {
        actor: {
          kind: 'installation',
          app,
          account: app.bot,
          installation,
          permissions,
          repositoryIds,
          token,
        },
        expires,
      });
      return { token, expiresAt: `${new Date(expires).toISOString().slice(0, 19)}Z` };
    },
    revoke: (token) => void known.delete(token),
    actor(authorization) {
      if (authorization === undefined) return { kind: 'anonymous' };
      const [scheme, value] = authorization.split(/ +/, 2) as [string, string | undefined];
      if (value === undefined) throw new Refusal(401, 'Bad credentials');
      if (scheme.toLowerCase() === 'basic') {
        // git sends a token as a password; the name before it may be anything, and some put the token there.
        const [name, ...password] = Buffer.from(value, 'base64').toString().split(':');
        return byToken(password.join(':') || (name ?? ''));
      }
      return value.split('.').length === 3 && !value.startsWith('gh')
        ? appByJwt(world, value)
        : byToken(value);
    },
  };
}

/**
 * Tokens of an installation that was removed are nobody's. Those of a suspended one are known but refused:
 * 403 with these words is what octokit.rb tells apart (lib/octokit/error.rb, InstallationSuspended).
 */
function demandStanding(world: World, { id, account, suspension }: Installation): void {
  if (!world.installations.has(id)) throw new Refusal(401, 'Bad credentials');
  if (suspension === null) return;
  const message = `Sorry. This installation owned by ${account.login} suspended your access at ${suspension.at}.`;
  throw new Refusal(403, message);
}

/** The new shape, in use since April 2026: `ghs_<app id>_<a JSON web token>`, about 500 characters. */
function installationToken(app: App): string {
  return `ghs_${app.id}_${random(27)}.${random(220)}.${random(120)}`;
}

function random(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

function appByJwt(world: World, jwt: string): Actor {
  const undecodable = new Refusal(401, 'A JSON web token could not be decoded');
  const [header, payload, signature] = jwt.split('.') as [string, string, string];
  const claims = decode(payload);
  if (decode(header)?.alg !== 'RS256' || claims === null) throw undecodable;
  const app = [...world.apps.values()].find(
    ({ id }) => String(claims.iss) === String(id) || claims.iss === clientId(id),
  );
  if (app === undefined) throw new Refusal(404, 'Integration not found');
  const verifier = createVerify('RSA-SHA256').update(`${header}.${payload}`);
  if (app.publicKey === null || !verifier.verify(app.publicKey, signature, 'base64url')) throw undecodable;
  checkTimes(world, claims);
  return { kind: 'app', app };
}

/**
 * The App mints its token by its own clock, which is the machine's even where the simulator's stands
 * still; so a token is timely when it is by either of the two.
 */
function checkTimes(world: World, claims: Readonly<Record<string, unknown>>): void {
  const { iat, exp } = claims;
  const clocks = [world.now().getTime() / 1000, Date.now() / 1000];
  if (typeof iat !== 'number' || !clocks.some((now) => iat <= now + CLOCK_DRIFT_S)) {
    throw new Refusal(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  }
  if (
    typeof exp !== 'number' ||
    !clocks.some((now) => exp > now && exp <= now + JWT_LIFE_S + CLOCK_DRIFT_S)
  ) {
    const late = typeof exp === 'number' && clocks.every((now) => exp > now);
    throw new Refusal(
      401,
      late
        ? "'Expiration time' claim ('exp') is too far in the future"
        : "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  }
}

function decode(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
