#!/bin/sh
# boot-debian.sh ROOT WORK CGROUP: runs systemd as process 1 of namespaces of its own, on a Debian that keeps no change.
# WORK: an empty folder. CGROUP: a cgroup of version 2 for it.
set -eu

if [ "${4:-}" != inside ]; then
  mkdir "$3"
  echo $$ >"$3/cgroup.procs"
  exec unshare --pid --mount --cgroup --uts --ipc --fork --kill-child "$0" "$1" "$2" "$3" inside
fi

mount --make-rprivate /
mount -t tmpfs tmpfs "$2"
mkdir "$2/changes" "$2/scratch" "$2/root"
mount -t overlay -o "lowerdir=$1,upperdir=$2/changes,workdir=$2/scratch" overlay "$2/root"
cd "$2/root"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs tmpfs tmp
mount -t tmpfs -o mode=755 tmpfs dev
for device in null zero full random urandom tty; do
  : >"dev/$device"
  mount --bind "/dev/$device" "dev/$device"
done
mkdir dev/pts dev/shm dev/net
mknod dev/net/tun c 10 200
chmod 666 dev/net/tun
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
mount -t tmpfs tmpfs dev/shm
hostname seller
mkdir -p mnt
pivot_root . mnt
umount -l /mnt
exec env -i container=hourgate-test PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd --log-target=journal --log-level=notice --show-status=no
