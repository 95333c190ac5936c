#!/bin/sh
# Within a network and mounts of its own: what a container runtime does before a container's command.
set -e
tries=0
until ip link show eth0 >/dev/null 2>&1; do
  tries=$((tries + 1))
  [ "$tries" -lt 400 ] || exit 1
  sleep 0.05
done
ip link set lo up
ip address add "$POD_IP/32" dev eth0
ip link set eth0 up
ip route add 10.77.0.0/16 dev eth0
mount --bind "$POD_ROOT" "$POD_ROOT"
cd "$POD_ROOT"
touch image/mcp-vitals
for folder in bin lib lib64; do ln -s "usr/$folder" "$folder"; done
mount --bind "$IMAGE" image/mcp-vitals
mount --rbind /usr usr
mount --rbind /dev dev
mount -t proc proc proc
mount -o remount,bind,ro "$POD_ROOT"
user=$POD_USER
unset POD_IP POD_ROOT IMAGE POD_USER
PATH=/image exec /usr/sbin/chroot --userspec="$user" . "$@"
