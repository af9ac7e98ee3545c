#!/bin/sh
# Lays out what the package installs: stage.sh FOLDER TIME VERSION. Run by Maven (profile deb), after the jar and its libraries.
# The same sources and the same JDK give the same bytes.
set -eu

root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
. "$root/scripts/jdk.sh"
JAVA_HOME=$(find_jdk javac)
export JAVA_HOME
unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS
umask 022
export LC_ALL=C TZ=UTC

stage=$1
epoch=$(date -d "$2" +%s)
version=$(echo "$3" | sed 's/-SNAPSHOT/~snapshot/')
home=$stage/usr/lib/hourgate
doc=$stage/usr/share/doc/hourgate
rm -rf "$stage"
mkdir -p "$home/lib" "$doc" "$stage/usr/bin" "$stage/etc/default" "$stage/etc/hourgate" "$stage/usr/lib/systemd/system" \
  "$stage/usr/lib/sysusers.d" "$stage/usr/lib/tmpfiles.d" "$stage/usr/share/man/man1" \
  "$stage/usr/share/bash-completion/completions" "$stage/usr/share/lintian/overrides" "$stage/usr/share/hourgate"

# The runtime: what `jdeps --print-module-deps` finds, without java.desktop, which Jackson has one optional class for.
"$JAVA_HOME/bin/jlink" --output "$home/runtime" --strip-debug --no-header-files --no-man-pages \
  --add-modules java.base,java.logging,java.management,java.naming,java.net.http,java.sql,java.xml,jdk.jfr,jdk.management,jdk.unsupported
find "$home/runtime" \( -name '*.so' -o -path '*/bin/*' -o -name jexec -o -name jspawnhelper \) -type f -exec strip --strip-unneeded {} +
mv "$home/runtime/legal" "$doc/runtime"
# The same licence in each module.
for folder in "$doc"/runtime/*/; do
  case $folder in
  */java.base/) ;;
  *)
    for file in "$folder"*; do
      ! cmp -s "$file" "$doc/runtime/java.base/${file##*/}" || rm -f "$file"
    done
    rmdir --ignore-fail-on-non-empty "$folder"
    ;;
  esac
done

# Libraries, without native code of other systems.
case $(uname -m) in aarch64) other=x86_64 ;; *) other=aarch_64 ;; esac
for jar in "$root"/target/lib/*.jar; do
  case $jar in
  *-osx-* | *-windows-* | *-riscv64.jar | *-"$other".jar) ;;
  *) cp "$jar" "$home/lib/" ;;
  esac
done
cp "$root/target/hourgate.jar" "$root/bin/java.options" "$home/"
cp "$root/packaging/hourgate" "$root/packaging/hourgate-fake-openvpn" "$stage/usr/bin/"


# The archive is bound to the jars' times.
find "$home" -exec touch -h -d "@$epoch" {} +
"$JAVA_HOME/bin/java" "$root/packaging/AotCache.java" "$home"

run() { "$home/runtime/bin/java" "@$home/java.options" -jar "$home/hourgate.jar" "$@"; }
run generate-completion | sed 1d >"$stage/usr/share/bash-completion/completions/hourgate"
run generate-man-page | gzip -9n >"$stage/usr/share/man/man1/hourgate.1.gz"
gzip -9n <"$root/packaging/hourgate-fake-openvpn.1" >"$stage/usr/share/man/man1/hourgate-fake-openvpn.1.gz"

cp "$root/openvpn-conf/hourgate.service" "$stage/usr/lib/systemd/system/"
cp "$root/packaging/sysusers.conf" "$stage/usr/lib/sysusers.d/hourgate.conf"
sed "s/{{GATE_USER}}/hourgate/g" "$root/openvpn-conf/tmpfiles.conf" >"$stage/usr/lib/tmpfiles.d/hourgate.conf"
cp "$root/packaging/default" "$stage/etc/default/hourgate"
cp "$root/packaging/deb/copyright" "$doc/"
cp "$root/packaging/deb/lintian-overrides" "$stage/usr/share/lintian/overrides/hourgate"
cp -R "$root/openvpn-conf" "$root/grafana" "$stage/usr/share/hourgate/"
mkdir "$doc/docs"
find "$root/docs" -maxdepth 1 -name '*.md' -exec cp {} "$doc/docs/" \;
gzip -9n >"$doc/changelog.gz" <<END
hourgate ($version) unstable; urgency=medium

  * The history is in the project's repository.

 -- Hourgate developers <packages@hourgate.invalid>  $(date -R -d "@$epoch")
END

find "$stage" -type d -exec chmod 755 {} +
find "$stage" -type f ! -perm -100 -exec chmod 644 {} +
find "$stage" -type f -perm -100 -exec chmod 755 {} +
find "$stage" -exec touch -h -d "@$epoch" {} +
