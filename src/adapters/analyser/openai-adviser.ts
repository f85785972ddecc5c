import { z } from 'zod';
import { advisedAction } from '../../domain/learning/advised-action.ts';
import type { Adviser } from '../../domain/ports/adviser.ts';
import type { OutgoingClient } from '../../net/outgoing.ts';
import { type AnalyserConnection, jsonAnswer, malformed } from './openai-analyser.ts';
import { Confidence, Text } from './schema.ts';

const Advice = z.object({ action: Text, confidence: Confidence, reasoning: Text });

/** Adviser over any endpoint that speaks OpenAI's chat completions. */
export function openaiAdviser(client: OutgoingClient, connection: AnalyserConnection): Adviser {
  return {
    async advise(question, signal) {
      const advice = Advice.safeParse(await jsonAnswer(client, connection, { question, signal }));
      const advised = advice.success ? advisedAction(advice.data) : undefined;
      if (advised) return advised;
      throw malformed('its answer names no repair that is known, or is not the JSON that was asked for');
    },
  };
}
