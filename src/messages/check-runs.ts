import { digestInWords } from '../policy/digest.ts';
import { reasonsOf } from '../policy/explain.ts';
import { type Standing, unsaid } from '../policy/standing.ts';
import type { Reason, Verdict } from '../policy/verdict.ts';
import { approvalsMarkdown, standingInWords } from './approvals.ts';
import { cut, upTo } from './cut.ts';
import { reasonsMarkdown, rulesTable } from './verdict.ts';
import { harmlessText } from './way-out.ts';

/** GitHub's limits: 65,535 characters of summary and of text, 50 annotations a request. */
export const CHECK_LIMIT = 65_535;
const ANNOTATIONS_A_REQUEST = 50;
export const TITLE_LIMIT = 255;

/** What a check run shows; the publisher adds the commit and the run id. */
export interface CheckContent {
  readonly name: 'conductor/policy' | 'conductor/audit' | 'conductor/config';
  readonly conclusion: 'success' | 'action_required' | 'failure' | 'neutral';
  readonly title: string;
  readonly summary: string;
  readonly text: string;
  readonly annotations: readonly {
    readonly path: string;
    readonly start_line: number;
    readonly end_line: number;
    readonly annotation_level: 'notice' | 'warning' | 'failure';
    readonly message: string;
    readonly title: string;
  }[];
  /** Buttons, where there is an App to hear of them. */
  readonly actions: readonly {
    readonly label: string;
    readonly identifier: string;
    readonly description: string;
  }[];
}

const CONCLUSION: Readonly<Record<Standing['state'], CheckContent['conclusion']>> = {
  not_needed: 'success',
  approved: 'success',
  waiting: 'action_required',
  shared: 'action_required',
  denied: 'failure',
  blocked: 'failure',
};

/** GitHub's limits for a button: 20 characters for what it says and is known by, 40 for what it does. */
const BUTTONS: CheckContent['actions'] = [
  { label: 'Approve', identifier: 'approve', description: 'Approve exactly what stands here' },
  { label: 'Deny', identifier: 'deny', description: 'Hold it; say why in a comment' },
];

/** `conductor/policy`: the verdict, the rules that decided and the lines they hit, and whose approval is in. */
export function policyCheck(verdict: Verdict, standing: Standing = unsaid(verdict)): CheckContent {
  const hits = reasonsOf(verdict).filter((reason) => reason.path !== null && reason.verdict !== 'auto');
  const isOpen = standing.state === 'waiting' || standing.state === 'denied';
  return {
    name: 'conductor/policy',
    conclusion: CONCLUSION[standing.state],
    title: cut(`${verdict.verdict}: ${standingInWords(verdict, standing)}`, TITLE_LIMIT),
    summary: cut(
      [
        digestInWords(verdict.digest, verdict.parts),
        approvalsMarkdown(verdict, standing),
        reasonsMarkdown(verdict),
      ]
        .filter((part) => part !== '')
        .join('\n\n'),
      CHECK_LIMIT,
    ),
    text: cut(rulesTable(verdict), CHECK_LIMIT),
    actions: isOpen ? BUTTONS : [],
    annotations: annotationsOn(hits),
  };
}

/** What rules found, at the lines where they did; at a file's first where they mean all of it. */
export function annotationsOn(hits: readonly Reason[]): CheckContent['annotations'] {
  return hits.slice(0, ANNOTATIONS_A_REQUEST).map((reason) => ({
    path: reason.path ?? '',
    start_line: reason.line ?? 1,
    end_line: reason.line ?? 1,
    annotation_level: reason.verdict === 'block' ? 'failure' : 'warning',
    title: reason.rule,
    message: upTo(harmlessText(`${reason.message} ${reason.fix}`), 60_000),
  }));
}
