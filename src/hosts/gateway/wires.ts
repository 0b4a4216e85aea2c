import { anthropicMessages } from './anthropic-messages.ts';
import { gemini } from './gemini.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiResponses } from './openai-responses.ts';
import type { Wire } from './wire.ts';

/** The wire formats that a gateway lets through. */
export const WIRES: readonly Wire[] = [anthropicMessages, openaiResponses, openaiChat, gemini];
