import { cleaned } from '../domain/analysis/cleaned.ts';
import { question } from '../domain/analysis/question.ts';
import { type Because, ruleAnalysis } from '../domain/analysis/rule-analysis.ts';
import type { Analysis, Incident } from '../domain/incidents/incident.ts';
import { analysisTold } from '../domain/incidents/told.ts';
import type { Analyser, ModelAnswer, QuestionBudget } from '../domain/ports/analyser.ts';
import type { IncidentStore } from '../domain/ports/incident-store.ts';
import { passesByItself, PortError } from '../domain/ports/port-error.ts';
import { openingOf } from '../domain/incidents/opening.ts';
import type { Language } from '../domain/text/language.ts';
import type { AnalysisOutcome } from '../telemetry/analysis-metrics.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Delivered, DeliveryChannel } from './channel.ts';

export interface AnalysisDeps {
  /** Undefined where none is set up. */
  readonly analyser: Analyser | undefined;
  readonly budget: QuestionBudget;
  readonly incidents: Pick<IncidentStore, 'analysed'>;
  readonly tellers: Parameters<typeof analysisTold>[1];
  readonly language: Language;
  /** How the analyst is called; the name of the model unless set. */
  readonly analystName: string | undefined;
  /** Of asking altogether; the delivery is given a little longer, or it would end before the rules can speak. */
  readonly timeoutMs: number;
  readonly now: () => Date;
  /** Something that nobody can know beforehand. */
  readonly nonce: () => string;
  readonly log: Pick<Logger, 'warn'>;
  readonly analysed: (outcome: AnalysisOutcome) => void;
}

const RULES_WITHIN_MS = 500;

/**
 * Asks a model about an incident, once after it opens and after each time it re-opens, and lets rules speak where none answers: whatever is
 * wrong with the model, there is an analysis, and with it what waits for one goes on.
 */
export function analysisChannel(deps: AnalysisDeps): DeliveryChannel {
  return {
    name: 'analysis',
    // Rules speak at once, so that the first card says it all. For a model nobody waits.
    ...(!deps.analyser && { waitedForMs: RULES_WITHIN_MS }),

    async deliver({ incident, work }, signal) {
      const opening = openingOf(incident).toISOString();
      const done: Delivered = { is: 'delivered', memo: { opening } };
      if (work.memo['opening'] === opening || isAnalysed(incident)) return done;

      const { analysis, outcome } = await analysisOf(incident, deps, signal);
      const tell = analysisTold(incident.source, deps.tellers);
      const stored = await deps.incidents.analysed(incident.id, { analysis, tell }, signal);
      if (stored.is === 'missing') return { is: 'skipped', reason: 'the incident is gone' };
      deps.analysed(outcome);
      const { revision } = stored.incident;
      return revision === incident.revision + 1 ? { ...done, revision } : done;
    },
  };
}

/** By the timeline, whose times are all the store's: the analysis bears ours, which may be another. */
function isAnalysed(incident: Incident): boolean {
  const opening = openingOf(incident);
  return incident.analysis !== undefined && incident.timeline.some(({ what, at }) => what === 'analysed' && at >= opening);
}

interface Made {
  readonly analysis: Analysis;
  readonly outcome: AnalysisOutcome;
}

async function analysisOf(incident: Incident, deps: AnalysisDeps, signal: AbortSignal): Promise<Made> {
  const { analyser, budget, language, now } = deps;
  const byRules = (because: Because): Made => ({ analysis: ruleAnalysis(incident, { because, language, at: now() }), outcome: because.is });
  if (!analyser) return byRules({ is: 'off' });
  if (!(await budget.take(signal))) return byRules({ is: 'budget' });
  try {
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(deps.timeoutMs)]);
    const answer = await asked(incident, { ...deps, analyser }, inTime);
    return { analysis: byModel(answer, deps), outcome: 'answered' };
  } catch (err) {
    // Of a process that ends nothing is to be read into it: the next one asks.
    if (signal.aborted) throw err;
    const fault = err instanceof PortError ? err.fault : 'unavailable';
    deps.log.warn({ incident: incident.id, fault, err }, 'the model has not answered; rules analyse in its place');
    return byRules({ is: 'failed', fault });
  }
}

/** Once more where that may help: not where it took all its time already, or asks to be left alone. */
async function asked(incident: Incident, deps: AnalysisDeps & { analyser: Analyser }, signal: AbortSignal): Promise<ModelAnswer> {
  const { analyser, budget, language, nonce } = deps;
  const asking = question(incident, { language, nonce: nonce() });
  try {
    return await analyser.ask(asking, signal);
  } catch (err) {
    const again = !signal.aborted && passesByItself(err) && err.detail !== 'timed-out' && err.fault !== 'rate-limited';
    if (!again || !(await budget.take(signal))) throw err;
    return analyser.ask(asking, signal);
  }
}

/** Cleaned: a model may say again what it was told, and more than it was told where it has seen it elsewhere. */
function byModel(answer: ModelAnswer, { analystName, now }: AnalysisDeps): Analysis {
  return {
    by: analystName ?? answer.model,
    asked: 'model',
    rootCause: cleaned(answer.rootCause),
    impact: cleaned(answer.impact),
    fix: cleaned(answer.fix),
    prevention: cleaned(answer.prevention),
    confidence: answer.confidence,
    at: now(),
  };
}
