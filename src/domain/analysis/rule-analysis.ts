import type { Analysis, Incident } from '../incidents/incident.ts';
import type { Fault } from '../ports/port-error.ts';
import type { Language } from '../text/language.ts';
import { cleanedBeginning } from './cleaned.ts';
import { type Advice, KNOWN_TROUBLES } from './known-troubles.ts';

/** Why the rules speak and no model. */
export type Because =
  | { readonly is: 'off' }
  | { readonly is: 'budget' }
  /** It was asked, and gave nothing that can be used. */
  | { readonly is: 'failed'; readonly fault: Fault };

interface Words {
  readonly because: (because: Because) => string;
  readonly impact: (incident: Incident) => string;
  readonly unknown: (incident: Incident) => Advice;
  /** Where the labels name nothing that a command could be about. */
  readonly noCommand: string;
  /** Between two sentences. */
  readonly gap: string;
}

/** Not the fault's own message: it names addresses, and comments are handed on to others. The log has it. */
const FAILED: Readonly<Record<Fault, Readonly<Record<Language, string>>>> = {
  unreachable: { en: 'it could not be reached in time', 'zh-TW': '無法及時連線' },
  unavailable: { en: 'it has failed', 'zh-TW': '服務發生錯誤' },
  'rate-limited': { en: 'it is asked too often', 'zh-TW': '提問過於頻繁' },
  unauthorized: { en: 'it refused our key', 'zh-TW': '金鑰遭拒' },
  forbidden: { en: 'it refused our key', 'zh-TW': '金鑰遭拒' },
  rejected: { en: 'it refused the question', 'zh-TW': '拒絕回答此問題' },
  unsupported: { en: 'it refused the question', 'zh-TW': '拒絕回答此問題' },
  malformed: { en: 'its answer was of no use', 'zh-TW': '回答無法使用' },
};

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    because: because => {
      if (because.is === 'off') return 'No model was asked: none is set up (AWOOOI_ANALYSER_URL).';
      if (because.is === 'budget') return "No model was asked: this hour's questions are used up (AWOOOI_ANALYSER_QUESTIONS_PER_HOUR).";
      return `No model has answered: ${FAILED[because.fault].en}.`;
    },
    impact: ({ severity, firing, frequency: { last1h, last24h, last7d } }) =>
      `Severity ${severity}. Alerts that fire now: ${firing}. This kind of trouble occurred ${times(last1h)} in the last hour, ${times(last24h)} in 24 hours and ${times(last7d)} in 7 days.${last24h >= 5 ? ' It keeps coming back.' : ''}`,
    unknown: ({ source, name }) => ({
      rootCause:
        source === 'sentry'
          ? `The application raised an error: ${name}. The stack trace of the newest event in Sentry says where.`
          : `The rules know no alert by the name ${name}. Its description and its labels say what was measured.`,
      fix:
        source === 'sentry'
          ? '# in Sentry: the newest event, its stack trace and the release in which it was first seen\nkubectl -n {namespace} get pods\nkubectl -n {namespace} logs deployment/{deployment} --tail=200'
          : 'kubectl -n {namespace} get pods -o wide\nkubectl -n {namespace} get events --sort-by=.lastTimestamp',
      prevention: 'Write down in a runbook what helped, and link it in the annotation runbook_url of the rule.',
    }),
    noCommand: '# the labels of the alert do not say where it is: begin where it was raised',
    gap: ' ',
  },
  'zh-TW': {
    because: because => {
      if (because.is === 'off') return '未詢問任何模型：尚未設定 (AWOOOI_ANALYSER_URL)。';
      if (because.is === 'budget') return '未詢問任何模型：本小時的提問次數已用完 (AWOOOI_ANALYSER_QUESTIONS_PER_HOUR)。';
      return `沒有模型回答：${FAILED[because.fault]['zh-TW']}。`;
    },
    impact: ({ severity, firing, frequency: { last1h, last24h, last7d } }) =>
      `嚴重程度 ${severity},目前觸發中的告警 ${firing} 個。此類問題最近 1 小時發生 ${last1h} 次、24 小時 ${last24h} 次、7 天 ${last7d} 次。${last24h >= 5 ? '問題持續反覆發生。' : ''}`,
    unknown: ({ source, name }) => ({
      rootCause:
        source === 'sentry'
          ? `應用程式發生錯誤：${name}。Sentry 中最新事件的堆疊追蹤會指出位置。`
          : `規則中沒有名為 ${name} 的告警，請參考其說明與標籤。`,
      fix:
        source === 'sentry'
          ? '# 在 Sentry:查看最新事件、堆疊追蹤，以及首次出現的版本\nkubectl -n {namespace} get pods\nkubectl -n {namespace} logs deployment/{deployment} --tail=200'
          : 'kubectl -n {namespace} get pods -o wide\nkubectl -n {namespace} get events --sort-by=.lastTimestamp',
      prevention: '將有效的處理方式寫入 runbook,並在規則的 runbook_url 註解中附上連結。',
    }),
    noCommand: '# 告警的標籤未指出位置，請從告警來源開始查看',
    gap: '',
  },
};

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

/** Why no model speaks, as a sentence. */
export function whyNoModel(because: Because, language: Language): string {
  return WORDS[language].because(because);
}

const CONFIDENCE = { known: 0.3, unknown: 0.1 } as const;

/** What rules can say of an incident, by its name, severity, frequency and labels. It says plainly that no model stands behind it. */
export function ruleAnalysis(
  incident: Incident,
  of: { readonly because: Because; readonly language: Language; readonly at: Date },
): Analysis {
  const words = WORDS[of.language];
  const because = whyNoModel(of.because, of.language);
  const name = cleanedBeginning(incident.name, 200);
  const known = KNOWN_TROUBLES.find(trouble => trouble.name.test(incident.name))?.advice[of.language];
  const { rootCause, fix, prevention } = known ?? words.unknown({ ...incident, name });
  return {
    by: 'rules',
    asked: 'rules',
    because,
    rootCause: `${rootCause}${words.gap}${because}`,
    impact: words.impact(incident),
    fix: filledIn(fix, incident.labels) || words.noCommand,
    prevention,
    confidence: known ? CONFIDENCE.known : CONFIDENCE.unknown,
    at: of.at,
  };
}

/** Names of Kubernetes, which a shell takes for nothing else: people paste these commands, and whoever raises an alert writes its labels. */
const NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

/** Without the commands that need a label which is not there, and without the remarks that lead to them. */
function filledIn(commands: string, labels: Readonly<Record<string, string>>): string {
  const kept: string[] = [];
  for (const command of commands.split('\n').toReversed()) {
    const leadsOn = command.startsWith('#') && command.endsWith(':');
    if (leadsOn ? kept.length > 0 : isNamed(command, labels))
      kept.push(command.replaceAll(LABEL, (_, label: string) => labels[label] ?? ''));
  }
  return kept.toReversed().join('\n');
}

const LABEL = /\{(\w+)\}/g;

function isNamed(command: string, labels: Readonly<Record<string, string>>): boolean {
  return [...command.matchAll(LABEL)].every(([, label = '']) => NAME.test(labels[label] ?? ''));
}
