#!/bin/sh
# boot-debian.sh ROOT WORK CGROUP [alone]: runs systemd as process 1 of namespaces of its own, on a Debian that keeps no change.
# WORK: an empty folder, or that of a former run, whose changes are there again; on a file system that overlayfs can write to. CGROUP: an empty one of version 2.
# alone: in a network of its own, which has nothing but loopback. A reboot ends it like a SIGHUP, as reboot(2) says.
set -eu

if [ "${4:-}" != inside ]; then
  echo $$ >"$3/cgroup.procs"
  exec unshare ${4:+--net} --pid --mount --cgroup --uts --ipc --fork --kill-child "$0" "$1" "$2" "$3" inside
fi

mount --make-rprivate /
mkdir -p "$2/changes" "$2/scratch" "$2/root"
mount -t overlay -o "lowerdir=$1,upperdir=$2/changes,workdir=$2/scratch" overlay "$2/root"
cd "$2/root"
mount -t proc proc proc
# Read-only, which tells systemd that no udev manages devices here.
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run
# Nothing by the clock: at midnight, or when chance will have it, Debian looks for news and writes files.
mkdir -p run/systemd/system
ln -s /dev/null run/systemd/system/timers.target
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
