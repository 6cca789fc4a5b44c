#!/usr/bin/env bash
# Install primebench in an environment of its own, run its gate, and say how it ended the way GitHub Actions reads it.
# Input comes from the environment, see action.yml. PRIMEBENCH names an installed program to use instead.
set -u -f -o pipefail # -f: words of SELECT and OPTIONS are options, never file names

# A folder for each use: a job that gates twice keeps both records, and none is taken for the other's.
folder=$(mktemp -d "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/primebench-XXXXXX") || exit 1
record=$folder/primebench-gate.json

if [ -z "${PRIMEBENCH:-}" ]; then
  python -m venv "$folder/primebench" && "$folder/primebench/bin/python" -m pip install --quiet "$INSTALL" || exit 1
  PRIMEBENCH=$folder/primebench/bin/primebench
fi

# SELECT and OPTIONS are split into words on purpose.
"$PRIMEBENCH" gate --base "$BASE" --head "$HEAD" $SELECT --effort "$EFFORT" $OPTIONS \
  --output "$record" --force --anonymous --format markdown
code=$?

case $code in
  0) verdict=ok ;;
  3) verdict=regressed ;;
  4) verdict=inconclusive ;;
  *) verdict=failed ;;
esac

{
  echo "verdict=$verdict"
  [ -e "$record" ] && echo "record=$record"
} >>"${GITHUB_OUTPUT:-/dev/stdout}"

# What a workflow command says is one line, in which these signs are written so.
said() { printf '%s' "$1" | tr '\n\r' '  ' | sed 's/%/%25/g'; }

if [ "$verdict" = regressed ]; then
  echo "::error title=primebench::$(said "$HEAD") is slower than $(said "$BASE"); the job summary says where and by how much."
elif [ "$verdict" = inconclusive ] && [ "$INCONCLUSIVE" != fail ]; then
  echo "::warning title=primebench::Whether $(said "$HEAD") is slower than $(said "$BASE") could not be decided; the job summary says why."
  exit 0
fi
exit "$code"
