const OPTION = /(^|\s)--([a-z][a-z0-9_-]{0,39})=("[^"\n]*"|'[^'\n]*'|\S+)/gi;
const NUMBER = String.raw`(\d{1,3}(?:,\d{3})+|\d{1,6})(\.\d{1,2})?`;
const AMOUNT = String.raw`(?:\$\s?${NUMBER}|${NUMBER}\s?(?:dollars|usd)\b)`;
const LIMIT = String.raw`(?:up to|at most|no more than|not more than|a maximum of|max\.?)\s+`;
/** Said so that it can only be a budget: "spend up to $5", "budget of $4". "Discounts up to $5" is not one. */
const BUDGET = new RegExp(
  String.raw`\b(?:(?:spend|spending|budget(?: of|:)?)\s+(?:${LIMIT})?|(?:cost|costing|pay)\s+${LIMIT})${AMOUNT}`,
  'i',
);

/**
 * Takes `--key=value` pairs out of a mention's paragraph, and reads a budget said in words as `max_cost_usd`.
 * Dashes in keys count as underscores; an option that is written out wins over words; values are unchecked text.
 */
export function readOptions(paragraph: string): {
  readonly options: Record<string, string>;
  readonly text: string;
} {
  const options: Record<string, string> = {};
  const text = paragraph.replace(OPTION, (_all, space: string, key: string, value: string) => {
    options[key.toLowerCase().replaceAll('-', '_')] = unquoted(value);
    return space;
  });
  const budget = BUDGET.exec(text);
  const amount = (budget?.[1] ?? budget?.[3])?.replaceAll(',', '').concat(budget?.[2] ?? budget?.[4] ?? '');
  if (amount !== undefined && !Object.hasOwn(options, 'max_cost_usd')) options.max_cost_usd = amount;
  return { options, text };
}

function unquoted(value: string): string {
  const quote = value[0];
  if ((quote === '"' || quote === "'") && value.endsWith(quote) && value.length > 1)
    return value.slice(1, -1);
  return value.replace(/[,.;!?)]+$/, '');
}
