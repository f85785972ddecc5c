#!/bin/sh
# Holds a deployment until the operator has proven, with the new version in place, that an alert still arrives.
#
#   chain-gate.sh NAMESPACE/PROBE [SECONDS]
#
# Exit status 0: the run that was asked for passed. 1: it did not, or none ended within SECONDS (180). 2: it could not be asked for.
# Unless it is 0, the chat TG_CHAT_ID is told by the bot of TG_BOT_TOKEN: straight at the Bot API, never through the chain itself.
# GATE_URL is a link for that message; TG_API_ROOT another Bot API server. Needs kubectl and curl.

# Whoever traces this script would write the token into the log.
set +x
set -eu

probe=${1:?give NAMESPACE/PROBE, such as shop/release-gate}
seconds=${2:-180}
namespace=${probe%%/*}
name=${probe#*/}
# Flux undoes what a field manager that begins with kubectl has changed.
manager=awoooi-chain-gate

of_probe() {
  kubectl --namespace "$namespace" --request-timeout 15s get alertchainprobe "$name" --output "jsonpath=$1"
}

tell() {
  if [ -z "${TG_BOT_TOKEN:-}" ] || [ -z "${TG_CHAT_ID:-}" ]; then
    echo 'gate: nobody was told: set TG_BOT_TOKEN and TG_CHAT_ID' >&2
    return
  fi
  # printf is a part of the shell: neither a list of processes nor curl's messages show the token.
  answer=$(printf 'url = "%s/bot%s/sendMessage"\n' "${TG_API_ROOT:-https://api.telegram.org}" "$TG_BOT_TOKEN" |
    curl --config - --silent --show-error --max-time 15 --retry 2 \
      --data-urlencode "chat_id=$TG_CHAT_ID" --data-urlencode "text=$1") || answer='no answer'
  case $answer in
    *'"ok":true'*) echo 'gate: Telegram was told' >&2 ;;
    *) echo "gate: Telegram was not told: $answer" >&2 ;;
  esac
}

# held STATUS SENTENCE
held() {
  echo "gate: $probe holds the deployment: $2" >&2
  tell "The deployment is held: $probe: $2${GATE_URL:+
$GATE_URL}"
  exit "$1"
}

case $probe in
  ?*/?*) ;;
  *) held 2 'the probe is to be given as NAMESPACE/PROBE, such as shop/release-gate' ;;
esac
case $seconds in
  *[!0-9]*) held 2 "SECONDS is to be a whole number such as 180, without a unit, and is $seconds" ;;
esac

spec=$(of_probe '{.spec.gate} {.spec.suspend}') || held 2 'the probe could not be read; see the log of the pipeline'
case $spec in
  'Enforce false') ;;
  *true) held 1 'it is suspended, so that nothing is proven; set spec.suspend to false' ;;
  *) held 2 'with gate: Report its Ready says nothing of the chain; set spec.gate to Enforce' ;;
esac

# First a new token, then the wait: it raises the generation, so that what was green before does not count.
token=gate-$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')
kubectl --namespace "$namespace" --request-timeout 15s patch alertchainprobe "$name" --field-manager "$manager" --type merge \
  --patch "{\"spec\":{\"runToken\":\"$token\"}}" > /dev/null || held 2 'no run could be asked for; see the log of the pipeline'
echo "gate: asked $probe for a run by runToken $token"

is_ready() {
  kubectl --namespace "$namespace" wait "alertchainprobe/$name" --for="condition=Ready=$1" --timeout="$2" > /dev/null 2>&1
}

deadline=$(($(date +%s) + seconds))
while ! is_ready True 2s; do
  # kubectl waits for one state alone, and would sit out its whole time-out for a chain that is broken.
  if is_ready False 0s; then
    held 1 "$(of_probe '{.status.conditions[?(@.type=="Ready")].message}')"
  fi
  if [ "$(date +%s)" -ge "$deadline" ]; then
    held 1 "no run ended within $seconds s; is the operator running?"
  fi
  sleep 1
done
echo "gate: $probe passed: $(of_probe '{.status.conditions[?(@.type=="Ready")].message}')"
