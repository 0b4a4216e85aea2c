import type { PolicySettings } from '../settings.ts';
import type { Finding, Rule } from './rule.ts';

type WhenAllowed = PolicySettings['policy']['when_allowed'];

/** When changes are made at all: under one of these labels, on these days, in these hours. */
export const whenAllowed: Rule = {
  name: 'when-allowed',
  title({ policy: { when_allowed } }) {
    const { labels } = when_allowed;
    const parts = [
      ...(labels.length > 0
        ? [`under one of the labels ${labels.map((label) => `\`${label}\``).join(', ')}`]
        : []),
      ...(isTimed(when_allowed) ? [timesOf(when_allowed)] : []),
    ];
    return parts.length === 0
      ? 'Changes are made at any time.'
      : `Changes are made only ${parts.join(' and ')}.`;
  },

  find({ circumstances: { labels, at } }, { policy: { when_allowed } }) {
    const findings: Finding[] = [];
    if (when_allowed.labels.length > 0 && !labels.some((label) => hasLabel(when_allowed.labels, label))) {
      const names = when_allowed.labels.map((label) => `\`${label}\``).join(', ');
      findings.push({
        verdict: 'block',
        message: `No change is made without one of the labels ${names}.`,
        fix: 'Put one of them on the issue or pull request, and ask again.',
      });
    }
    if (isTimed(when_allowed) && !isWithin(when_allowed, new Date(at))) {
      findings.push({
        verdict: 'block',
        message: `Changes are made only ${timesOf(when_allowed)}.`,
        fix: 'Ask again then, or have a maintainer change `policy.when_allowed` on the base branch.',
      });
    }
    return findings;
  },
};

/** GitHub compares the names of labels without their case. */
export function hasLabel(labels: readonly string[], label: string): boolean {
  return labels.some((each) => each.toLowerCase() === label.toLowerCase());
}

function isTimed({ days, hours }: WhenAllowed): boolean {
  return days.length > 0 || hours !== '';
}

function timesOf({ days, hours, time_zone }: WhenAllowed): string {
  return [...(days.length > 0 ? [`on ${days.join(', ')}`] : []), ...(hours === '' ? [] : [hours])]
    .concat(`(${time_zone})`)
    .join(' ');
}

/** Hours that end before they start go over midnight; the day is that of the moment itself. */
function isWithin({ days, hours, time_zone }: WhenAllowed, at: Date): boolean {
  if (Number.isNaN(at.getTime())) return false;
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: time_zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
  const onDay = days.length === 0 || days.some((day) => day === part('weekday').toLowerCase());
  if (hours === '') return onDay;
  const now = `${part('hour')}:${part('minute')}`;
  const [from = '', to = ''] = hours.split('-');
  return onDay && (from <= to ? from <= now && now < to : now >= from || now < to);
}
