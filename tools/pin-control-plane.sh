#!/bin/sh
# Pins one more version of Kubernetes for `make e2e K8S=<minor>`: tools/pin-control-plane.sh 1.34.4 writes tools/control-plane-1.34.
# k8s.io/kubernetes names its staging modules by local folders, which nobody has who depends on it: each is replaced by its release.
set -eu
version=${1:?give a version of Kubernetes, for example 1.34.4}
case "$version" in
  1.*.*) ;;
  *) echo "pin-control-plane: $version is no version of Kubernetes such as 1.34.4" >&2; exit 1 ;;
esac
minor=${version%.*}
go="${XDG_CACHE_HOME:-$HOME/.cache}/awoooi-operator/go"
export GOPATH="$go" GOMODCACHE="$go/mod" GOCACHE="$go/build" GOFLAGS='-modcacherw -buildvcs=false' GOWORK=off
upstream=$(cd / && go mod download -json "k8s.io/kubernetes@v$version" | sed -n 's/^\t"GoMod": "\(.*\)",$/\1/p')

folder=$(dirname "$0")/control-plane-$minor
mkdir -p "$folder"
cd "$folder"
{
  printf 'module awoooi-operator/tools/control-plane-%s\n\n' "$minor"
  sed -n 's/^go \(.*\)/go \1\n/p; s/^godebug \(.*\)/godebug \1\n/p' "$upstream"
  printf 'require k8s.io/kubernetes v%s\n\nreplace (\n' "$version"
  sed -n "s|^[[:space:]]*\(k8s.io/[a-z-]*\) => ./staging/.*|\t\1 => \1 v0.${version#1.}|p" "$upstream"
  printf ')\n'
} > go.mod
rm -f go.sum
for program in kube-apiserver kube-controller-manager kube-scheduler; do
  go get -tool "k8s.io/kubernetes/cmd/$program@v$version"
done
go mod tidy
echo "pin-control-plane: wrote $folder; make e2e K8S=$minor builds it and runs the tests on it"
