export type Judgement = 'auto' | 'review' | 'block';

/** One thing a rule found: where, what, and how to get to yes. */
export interface Reason {
  readonly rule: string;
  readonly verdict: Judgement;
  /** The file it concerns; null when it concerns the whole change. */
  readonly path: string | null;
  /** 1-based line in the resulting file; null when it concerns the whole file. */
  readonly line: number | null;
  readonly message: string;
  /** One sentence: what the asker or a maintainer can do. */
  readonly fix: string;
}

/** What one rule looked at and what it said. */
export interface RuleResult {
  readonly rule: string;
  /** One sentence for people: what the rule looks at, with its settings. */
  readonly title: string;
  readonly verdict: Judgement;
  readonly reasons: readonly Reason[];
  /** Approvals that this rule asks for beside those that every change under review needs. */
  readonly approvals: readonly Requirement[];
}

/** Whose yes a change under review needs, and how many of them. All requirements of a verdict hold together. */
export interface Requirement {
  /** The rule that asks; `approvals`: the config asks it of every change. */
  readonly rule: string;
  readonly required: number;
  /** `owners`, `team:ORGANISATION/TEAM`, `permission:maintain`: any of them will do. */
  readonly from: readonly string[];
  /** The files whose owners `owners` means: of each file that has owners, one of them. */
  readonly paths: readonly string[];
  /** None of them has an owner: whoever maintains the repository answers for them. */
  readonly unowned?: boolean;
}

/** The verdict on a change set, as a tree that explains itself. The strictest rule wins. */
export interface Verdict {
  readonly verdict: Judgement;
  /** `sha256:` of its parts: what an approval is bound to. */
  readonly digest: string;
  readonly parts: DigestParts;
  readonly rules: readonly RuleResult[];
  /** Empty unless the verdict is `review`. */
  readonly approvals: readonly Requirement[];
}

/**
 * What an approval is bound to, part by part, so that whoever finds it void can be told what changed. Each is a hash or
 * a name; the texts themselves are in none of them.
 */
export interface DigestParts {
  /** Every resulting file with its path, mode and content. */
  readonly files: string;
  /** The commit that the change applies to. */
  readonly base: string;
  /** The settings that judged it, and who owns what. */
  readonly policy: string;
  /** The run that proposed it, or the commit that holds it. */
  readonly change: string;
}
