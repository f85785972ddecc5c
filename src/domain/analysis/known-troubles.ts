import type { Language } from '../text/language.ts';

/** What rules can say of a kind of trouble. `{namespace}`, `{pod}` and so on stand for labels. */
export interface Advice {
  readonly rootCause: string;
  readonly fix: string;
  readonly prevention: string;
}

interface Trouble {
  /** Of alerts, by name. */
  readonly name: RegExp;
  readonly advice: Readonly<Record<Language, Advice>>;
}

/** Well-known kinds of trouble, by the names of the rules of kube-prometheus and of its neighbours. The first that fits counts. */
export const KNOWN_TROUBLES: readonly Trouble[] = [
  {
    name: /OOM|OutOfMemory|MemoryLimit/i,
    advice: {
      en: {
        rootCause: 'A container was killed because it used more memory than its limit: the limit is too low for its load, or it leaks.',
        fix: 'kubectl -n {namespace} describe pod {pod}\nkubectl -n {namespace} top pod {pod} --containers',
        prevention: 'Set requests and limits from measured use, alert at 80 % of the limit, and look for growth without end.',
      },
      'zh-TW': {
        rootCause: '容器使用的記憶體超過上限而被終止：上限相對負載過低，或程式有記憶體洩漏。',
        fix: 'kubectl -n {namespace} describe pod {pod}\nkubectl -n {namespace} top pod {pod} --containers',
        prevention: '依實際用量設定 requests 與 limits,在達到上限的 80% 時告警，並檢查用量是否持續成長。',
      },
    },
  },
  {
    name: /CrashLoop|PodRestart|ContainerRestart/i,
    advice: {
      en: {
        rootCause: 'A container starts and ends again and again: it fails at start, its liveness probe fails, or it is killed.',
        fix: 'kubectl -n {namespace} logs {pod} --previous --tail=100\nkubectl -n {namespace} describe pod {pod}\nkubectl -n {namespace} get events --sort-by=.lastTimestamp',
        prevention: 'Check configuration before a release goes out, roll out step by step, and give slow starters a startup probe.',
      },
      'zh-TW': {
        rootCause: '容器反覆啟動又結束：啟動失敗、存活探測失敗，或被系統終止。',
        fix: 'kubectl -n {namespace} logs {pod} --previous --tail=100\nkubectl -n {namespace} describe pod {pod}\nkubectl -n {namespace} get events --sort-by=.lastTimestamp',
        prevention: '發佈前檢查設定、逐步發佈，並為啟動較慢的服務設定 startup probe。',
      },
    },
  },
  {
    name: /TargetDown|InstanceDown|EndpointDown|ProbeFail|BlackboxProbe|AbsentTarget/i,
    advice: {
      en: {
        rootCause:
          'A target does not answer: its process is down, the network or a policy is in the way, or service discovery names it wrongly.',
        fix: 'kubectl -n {namespace} get pods,endpointslices -o wide\nkubectl -n {namespace} get networkpolicies',
        prevention: 'Run more than one replica with a PodDisruptionBudget, and let readiness say what the target can really serve.',
      },
      'zh-TW': {
        rootCause: '監控目標沒有回應：程序已停止、網路或網路政策阻擋，或服務探索的設定有誤。',
        fix: 'kubectl -n {namespace} get pods,endpointslices -o wide\nkubectl -n {namespace} get networkpolicies',
        prevention: '執行一個以上的副本並設定 PodDisruptionBudget,讓 readiness 反映實際可服務的狀態。',
      },
    },
  },
  {
    name: /ErrorRate|5xx|ErrorBudget|HighErrors|ErrorsHigh|RequestErrors/i,
    advice: {
      en: {
        rootCause: 'More requests fail than usual: most often a new release, a dependency that fails, or more load than there is room for.',
        fix: 'kubectl -n {namespace} rollout history deployment/{deployment}\nkubectl -n {namespace} logs deployment/{deployment} --tail=200\n# if it began with the newest release:\nkubectl -n {namespace} rollout undo deployment/{deployment}',
        prevention: 'Release behind a canary with a gate on the error rate, and set timeouts and circuit breakers for dependencies.',
      },
      'zh-TW': {
        rootCause: '失敗的請求比平常多：最常見的原因是新版本、相依服務失敗，或負載超過容量。',
        fix: 'kubectl -n {namespace} rollout history deployment/{deployment}\nkubectl -n {namespace} logs deployment/{deployment} --tail=200\n# 若與最新版本同時發生:\nkubectl -n {namespace} rollout undo deployment/{deployment}',
        prevention: '以金絲雀發佈並用錯誤率把關，並為相依服務設定逾時與斷路器。',
      },
    },
  },
  {
    name: /Latency|Slow|Timeout|TimedOut|p9[59]|ResponseTime/i,
    advice: {
      en: {
        rootCause: 'Something takes too long: a slow dependency, an exhausted pool of connections, or too little CPU.',
        fix: 'kubectl -n {namespace} top pods\nkubectl -n {namespace} logs deployment/{deployment} --tail=200',
        prevention: 'Give every call a timeout, size pools for the peak, and scale on what saturates first.',
      },
      'zh-TW': {
        rootCause: '處理時間過長：相依服務緩慢、連線池耗盡，或 CPU 不足。',
        fix: 'kubectl -n {namespace} top pods\nkubectl -n {namespace} logs deployment/{deployment} --tail=200',
        prevention: '為每個呼叫設定逾時、依尖峰調整連線池大小，並依最先飽和的資源擴充。',
      },
    },
  },
  {
    name: /Disk|Filesystem|VolumeF|PersistentVolume|NoSpace|StorageFull/i,
    advice: {
      en: {
        rootCause: 'A file system runs out of room or of inodes: logs, data or images grow faster than they are cleared.',
        fix: 'kubectl -n {namespace} get pvc\nkubectl describe node {node}\n# on the machine: df -h; df -i',
        prevention: 'Rotate logs, expire old data, alert on the predicted time until it is full, and use volumes that can be grown.',
      },
      'zh-TW': {
        rootCause: '檔案系統的空間或 inode 即將用盡：日誌、資料或映像檔成長的速度超過清理。',
        fix: 'kubectl -n {namespace} get pvc\nkubectl describe node {node}\n# 在主機上:df -h; df -i',
        prevention: '輪替日誌、清除過期資料、依預測的用盡時間告警，並使用可擴充的磁碟區。',
      },
    },
  },
  {
    name: /Node(Not)?Ready|NodeUnreachable|KubeletDown|NodeDown|NodePressure/i,
    advice: {
      en: {
        rootCause: 'A node does not report as ready: its kubelet is down, it is cut off, or it is out of memory, disk or process ids.',
        fix: 'kubectl describe node {node}\nkubectl get pods -A --field-selector spec.nodeName={node}',
        prevention: 'Reserve resources for the system, spread replicas over nodes, and replace nodes that fail again.',
      },
      'zh-TW': {
        rootCause: '節點未回報就緒:kubelet 停止、網路中斷，或記憶體、磁碟、程序數量耗盡。',
        fix: 'kubectl describe node {node}\nkubectl get pods -A --field-selector spec.nodeName={node}',
        prevention: '為系統保留資源、將副本分散到不同節點，並汰換反覆失效的節點。',
      },
    },
  },
  {
    name: /CPU|Throttl|Saturation|Overload/i,
    advice: {
      en: {
        rootCause: 'There is less CPU than is asked for: a limit throttles a container, or the load has grown.',
        fix: 'kubectl -n {namespace} top pods --containers\nkubectl -n {namespace} get hpa',
        prevention: 'Set requests from measured use, scale horizontally, and use CPU limits only where they are needed.',
      },
      'zh-TW': {
        rootCause: 'CPU 不足以應付需求：容器受限制而被節流，或負載增加。',
        fix: 'kubectl -n {namespace} top pods --containers\nkubectl -n {namespace} get hpa',
        prevention: '依實際用量設定 requests、水平擴充，並只在必要時設定 CPU limits。',
      },
    },
  },
  {
    name: /ReplicasMismatch|RolloutStuck|GenerationMismatch|ImagePull|NotAvailable/i,
    advice: {
      en: {
        rootCause:
          'A workload has fewer ready replicas than it should: pods cannot be scheduled, cannot pull their image, or do not become ready.',
        fix: 'kubectl -n {namespace} get pods -o wide\nkubectl -n {namespace} get events --sort-by=.lastTimestamp',
        prevention: 'Gate releases on readiness, pin images by digest, and keep room for one more replica.',
      },
      'zh-TW': {
        rootCause: '就緒的副本少於預期:Pod 無法排程、無法下載映像檔，或未達就緒狀態。',
        fix: 'kubectl -n {namespace} get pods -o wide\nkubectl -n {namespace} get events --sort-by=.lastTimestamp',
        prevention: '以 readiness 把關發佈、以 digest 固定映像檔，並保留一個副本的容量。',
      },
    },
  },
  {
    name: /Cert|TLS|Expir/i,
    advice: {
      en: {
        rootCause: 'A certificate expires soon or has expired: its renewal does not work, or nobody renews it.',
        fix: 'kubectl -n {namespace} get certificates,certificaterequests,secrets',
        prevention: 'Let certificates be renewed automatically, and alert a month ahead.',
      },
      'zh-TW': {
        rootCause: '憑證即將到期或已到期：自動更新失效，或沒有人更新。',
        fix: 'kubectl -n {namespace} get certificates,certificaterequests,secrets',
        prevention: '使用自動更新的憑證，並提前一個月告警。',
      },
    },
  },
];
