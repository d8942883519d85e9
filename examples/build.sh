# Shared by the scripts that start a program of this repository: finds a JDK and builds a module if its sources have
# changed since the last time. Sets $java. To be sourced in the repository's root directory.

fail() {
  echo "$1" >&2
  exit 1
}

if [ -n "${JAVA_HOME:-}" ]; then
  java=$JAVA_HOME/bin/java
else
  java=$(command -v java || true)
fi
[ -x "$java" ] || fail "No JDK found: install a JDK 17 or newer, or set JAVA_HOME."
java_version=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.specification.version = //p')
case $java_version in
  1.*) java_version=8 ;;
esac
[ "${java_version:-0}" -ge 17 ] 2>/dev/null || fail "JDK 17 or newer is needed; $java is version ${java_version:-unknown}."

[ -x "$(dirname "$java")/javac" ] || fail "A JDK is needed, with a compiler; $java is a run-time environment only."

# Builds the module $1, and other ones if they are named, with what they need, without tests. The build's full output goes
# to a file; each module and the number of downloaded files are shown.
build() {
  local module=$1 stamp=$1/target/.built log=$1/target/build.log modules
  modules=$(IFS=,; echo "$*")
  if [ -f "$stamp" ] && [ -z "$(find pom.xml ./*/pom.xml ./*/*/pom.xml ./*/src/main ./*/*/src/main -newer "$stamp" -print -quit)" ]; then
    return
  fi
  mkdir -p "$module/target"
  touch "$stamp.new"
  echo "Building $module; all output goes to $log"
  if ! ./mvnw -B -pl "$modules" -am -Dmaven.test.skip=true package 2>&1 | tee "$log" | awk '
    /Downloaded from/ { files++; if (files % 100 == 0) { print "  " files " files downloaded"; fflush() } }
    /^\[INFO\] Building Lockstep/ { sub(/^\[INFO\] Building /, "  "); print; fflush() }'; then
    tail -n 30 "$log" >&2
    fail "The build failed; all output is in $log"
  fi
  mv "$stamp.new" "$stamp"
}
