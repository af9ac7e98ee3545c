# shellcheck shell=sh
# Sourced. run_test_class ROOT CLASS ARGS...: builds, then runs a class of the tests and exits as it does.

run_test_class() {
  root=$1
  shift
  . "$root/scripts/jdk.sh"
  . "$root/scripts/jvm.sh"
  "$root/scripts/setup.sh"
  PATH=$PATH:/usr/sbin:/sbin
  JAVA_HOME=$(find_jdk javac)
  export JAVA_HOME
  cd "$root"
  echo "building ..."
  mvn -B -q -Dspotless.check.skip=true test-compile dependency:build-classpath \
    -Dmdep.includeScope=test -Dmdep.outputFile=target/bench.classpath
  run_jvm "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -cp "target/test-classes:target/classes:$(cat target/bench.classpath)" "$@"
}
