import { ownersOf, readCodeOwners } from '../../policy/code-owners.ts';
import type { Origin } from '../../policy/judge-together.ts';
import { standingOf, type Word } from '../../policy/standing.ts';
import type { Verdict } from '../../policy/verdict.ts';
import type { ApprovalGround, PolicyCheck, Settled } from '../approval-ports.ts';
import type { Facts } from '../gather-facts.ts';
import { judgeWhole } from '../judge-proposal.ts';
import { ends, type Outcome, outcome, type StepResult, value } from '../outcome.ts';
import type { Run } from '../run.ts';
import { standingChange } from '../whole-change.ts';
import { type RawWord, readWords } from './read-words.ts';

/** What it came to. */
type Assessed = Pick<Settled, 'ground' | 'verdict' | 'standing'>;

/** What is assessed. */
interface About {
  readonly number: number;
  /** Where it left its base. */
  readonly parted: string;
  /** A button that was pressed just now. */
  readonly pressed: RawWord | null;
  /** The policy checks of its head before this one. */
  readonly before: readonly PolicyCheck[];
}

/**
 * Judges what stands in a pull request of Conductor's own, and weighs everything that was said about it. All of it is
 * read at this moment: the head, the texts, and what each person may do. Call it in the step that acts on it.
 */
export async function assess(
  run: Run,
  facts: Facts,
  { parted, number, pressed, before }: About,
): Promise<StepResult<Assessed>> {
  const { approvals, clock } = run.ports;
  const ground = await approvals.of(number);
  const problem = groundProblem(ground, facts);
  if (problem) return ends(problem);
  const change = await standingChange(run.ports, parted, ground.head);
  if (!change.ok) return change;
  const verdict = await judgeWhole(facts, change.value, {
    change: ground.change,
    origins: await originsOf(run, ground),
    before: [...before, ...ground.checks],
  });
  const words = [...readWords(ground, verdict.digest), ...(pressed ? [pressed] : [])];
  const owners = await readCodeOwners(facts.trusted);
  const standing = standingOf(await withRights(run, words, verdict), {
    verdict,
    contributors: ground.contributors,
    ownersOf: (path) => (owners ? ownersOf(owners, path) : []),
    now: clock.now().toISOString(),
    expiresHours: facts.config.policy.approvals.expires_hours,
    sharedWith: ground.sharedWith,
  });
  return value({ ground, verdict, standing });
}

/** Whoever asked is asked about anew: what they may do now counts, not what they could then. */
function originsOf({ ports }: Run, { origins }: ApprovalGround): Promise<Origin[]> {
  return Promise.all(
    origins.map(async ({ asker, circumstances }) => ({
      asker: {
        login: asker?.login ?? '',
        permission: asker ? await ports.approvals.permissionOf(asker) : ('none' as const),
      },
      circumstances,
    })),
  );
}

function groundProblem(ground: ApprovalGround, { base }: Facts): Outcome | null {
  if (ground.head !== base.commit)
    return outcome(
      'failed',
      'head_moved',
      'Somebody pushed to this pull request at this very moment.',
      'Say it again, about what stands now.',
    );
  if (!ground.readable)
    return outcome(
      'refused',
      'too_many_commits',
      'This pull request has more commits than GitHub lists, so who took part in it can’t be told, and no approval counts.',
      'Merge it by hand, or ask for the change anew.',
    );
  return null;
}

/** Adds what each person may do here. Only words about what stands are worth asking GitHub for. */
async function withRights(run: Run, words: readonly RawWord[], verdict: Verdict): Promise<Word[]> {
  const asked = verdict.approvals.flatMap(({ from }) => from);
  const teams = [...new Set(asked.filter((each) => each.startsWith('team:')).map((each) => each.slice(5)))];
  const known = new Map<number, Promise<Pick<Word, 'permission' | 'teams'>>>();
  const rightsOf = async ({ person }: RawWord): Promise<Pick<Word, 'permission' | 'teams'>> => {
    const { approvals } = run.ports;
    const permission = await approvals.permissionOf(person);
    const memberships = await Promise.all(teams.map((team) => approvals.isInTeam(team, person)));
    return { permission, teams: teams.filter((_, index) => memberships[index]) };
  };
  return Promise.all(
    words.map(async (word) => {
      if (word.digest !== verdict.digest || word.withdrawn !== null || word.person.isBot)
        return { ...word, permission: 'none' as const, teams: [] };
      const rights = known.get(word.person.id) ?? rightsOf(word);
      known.set(word.person.id, rights);
      return { ...word, ...(await rights) };
    }),
  );
}
