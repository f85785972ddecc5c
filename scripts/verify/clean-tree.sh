#!/bin/sh
# Fails when the working tree differs from HEAD, new files included, and shows how. $1 says when this was looked at.
set -eu

changes=$(git status --porcelain --untracked-files=all)
if [ -n "$changes" ]; then
  echo "verify: the working tree is not clean ($1):" >&2
  echo "$changes" >&2
  git --no-pager diff HEAD >&2
  exit 1
fi
