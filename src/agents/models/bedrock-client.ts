import type { AnthropicBedrock } from '@anthropic-ai/bedrock-sdk';
import { clientOptions, type VendorOptions } from './ask-vendor.ts';

/** What is needed to reach a model at Amazon Bedrock. */
export interface BedrockOptions extends Omit<VendorOptions, 'apiKey'> {
  /** Like `eu-west-1`. */
  readonly region: string;
  /** A Bedrock API key; null: requests are signed with `credentials`, or with what the machine's role gives. */
  readonly apiKey: string | null;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string | null;
  } | null;
}

/**
 * Amazon's side of Anthropic's client, of the optional package `@anthropic-ai/bedrock-sdk`; null when that can't be
 * loaded. It brings much of Amazon's own SDK along, so that only who needs it installs it.
 */
export async function bedrockClient(options: BedrockOptions): Promise<AnthropicBedrock | null> {
  const { baseUrl, region, apiKey, credentials } = options;
  const bedrock = await import('@anthropic-ai/bedrock-sdk').catch(() => null);
  if (bedrock === null) return null;
  return new bedrock.AnthropicBedrock({
    ...clientOptions(options),
    apiKey,
    awsRegion: region,
    baseURL: baseUrl ?? `https://bedrock-runtime.${region}.amazonaws.com`,
    openTelemetry: false,
    ...(credentials && {
      awsAccessKey: credentials.accessKeyId,
      awsSecretKey: credentials.secretAccessKey,
      awsSessionToken: credentials.sessionToken,
    }),
  });
}
