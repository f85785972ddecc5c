#!/bin/sh
# Installs the npm packages, Node 24 among them, when package-lock.json is not the one installed. Runs on the machine's own Node.
set -eu

stamp=node_modules/.package-lock.installed
current() { cmp -s package-lock.json "$stamp" && [ -x node_modules/.bin/node ]; }

if current; then exit 0; fi

how='Install Node.js 20 or newer with npm, from Debian (packages nodejs, npm) or nodejs.org, and run make setup again.'
for program in node npm; do
  if ! command -v "$program" > /dev/null; then
    echo "setup: there is no $program on the PATH. $how" >&2
    exit 1
  fi
done
if [ "$(node -p 'Number(process.versions.node.split(".")[0]) >= 20')" != true ]; then
  echo "setup: the Node.js on the PATH is too old: $(node --version). $how" >&2
  exit 1
fi

cache="${XDG_CACHE_HOME:-$HOME/.cache}/awoooi-operator"
mkdir -p "$cache"
# Two setups of one clone take turns.
exec 9> "$cache/npm.lock"
flock 9
if current; then exit 0; fi

echo 'setup: installing the npm packages ...'
began=$(date +%s)
# Not `npm ci`: npm 11.16 and later refuse a lock file without the packages of other platforms, and leave them out of it
# themselves where the registry does not carry them (npm/cli issue 9846). What it would check besides is checked here.
agree='const { readFileSync: read } = require("node:fs"); const of = f => JSON.parse(read(f, "utf8"));
  const want = of("package.json"); const have = of("package-lock.json").packages[""];
  const same = k => JSON.stringify(Object.entries(want[k] ?? {}).sort()) === JSON.stringify(Object.entries(have[k] ?? {}).sort());
  process.exit(same("dependencies") && same("devDependencies") ? 0 : 1);'
if ! node -e "$agree"; then
  echo 'setup: package.json and package-lock.json name different packages: run npm install and commit both' >&2
  exit 1
fi
npm install --no-save --no-progress --loglevel=error --cache "$cache/npm" < /dev/null 9>&-
case "$(node_modules/.bin/node --version 2>&1 || true)" in
  v24.*) ;;
  *)
    echo 'setup: the npm package "node" came without its program: its install script did not run (npm config ignore-scripts?)' >&2
    exit 1
    ;;
esac
cp package-lock.json "$stamp"
echo "setup: installing the npm packages: $(($(date +%s) - began)) s"
