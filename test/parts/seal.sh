#!/bin/sh
# Runs a command in a root file system of its own as it would run in a container: seal.sh ROOT NODE COMMAND...
# In a mount namespace, as its root; test/parts/sealed.ts starts it.
set -eu
root=$1 node=$2
shift 2

mount --rbind "$root" "$root"
mount --bind "$node" "$root/usr/local/bin/node"
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -o remount,bind,ro "$root"
# What lies above it may be closed to the other user.
cd "$root"

# Real root becomes that user in earnest. The second namespace lets whoever it is change the root, and leaves no capability to the command.
as=''
[ "$SEALED_BY_ROOT" != yes ] || as='setpriv --reuid=65532 --regid=65532 --clear-groups --no-new-privs --pdeathsig=KILL --'
exec $as unshare --user --map-user=65532 --map-group=65532 --root=. --wd=/ -- "$@"
