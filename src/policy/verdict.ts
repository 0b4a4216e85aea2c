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
}

/** The verdict on a change set, as a tree that explains itself. The strictest rule wins. */
export interface Verdict {
  readonly verdict: Judgement;
  /** `sha256:` of the base, the resulting files and the policy's settings: what an approval is bound to. */
  readonly digest: string;
  readonly rules: readonly RuleResult[];
}
