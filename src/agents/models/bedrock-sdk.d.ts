/** The part of an optional package that is used here, so that types are checked where it is not installed. */
declare module '@anthropic-ai/bedrock-sdk' {
  import type { ClientOptions } from '@anthropic-ai/sdk';
  import type { Messages } from '@anthropic-ai/sdk/resources/messages';

  interface BedrockClientOptions extends Omit<ClientOptions, 'apiKey' | 'authToken'> {
    readonly apiKey: string | null;
    readonly awsRegion: string;
    readonly awsAccessKey?: string;
    readonly awsSecretKey?: string;
    readonly awsSessionToken?: string | null;
  }

  export class AnthropicBedrock {
    constructor(options: BedrockClientOptions);
    readonly messages: Pick<Messages, 'create'>;
  }
}
