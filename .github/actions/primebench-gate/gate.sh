#!/usr/bin/env bash
# Install primebench in an environment of its own, run its gate, and say how it ended the way GitHub Actions reads it.
# Input comes from the environment, see action.yml. PRIMEBENCH names an installed program to use instead.
set -u -f -o pipefail # -f: words of SELECT and OPTIONS are options, never file names

# A folder for each use: a job that gates twice keeps both records, and none is taken for the other's.
folder=$(mktemp -d "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/primebench-XXXXXX") || exit 1
record=$folder/primebench-gate.json

annotate() { # level, text; as GitHub wants it, nothing in the text can begin a command of its own
  local text=${2//'%'/%25}
  text=${text//$'\r'/%0D}
  echo "::$1 title=primebench::${text//$'\n'/%0A}"
}

case ${INSTALL:-false} in
  true | false) ;;
  *)
    annotate error "install is $INSTALL, and may be true or false; which primebench pip installs is said by primebench."
    exit 2
    ;;
esac

# From the action's own repository, never from the caller's, which may be another project altogether.
: "${PACKAGE:=${GITHUB_ACTION_PATH:-.github/actions/primebench-gate}/../../..}"
if [ -z "${PRIMEBENCH:-}" ]; then
  python -m venv "$folder/primebench" || exit 1
  # REQUIREMENTS are split into words on purpose.
  "$folder/primebench/bin/python" -m pip install --quiet "$PACKAGE" ${REQUIREMENTS:-} || exit 1
  PRIMEBENCH=$folder/primebench/bin/primebench
fi

own=()
if [ -n "${FUNCTION:-}" ]; then
  own=(--function "$FUNCTION" --items "${ITEMS:-}")
  [ -n "${SOURCE:-}" ] && own+=(--source "$SOURCE")
  : "${SELECT:=--backend serial,pool}"
fi
[ "${INSTALL:-false}" = true ] && own+=(--install)
: "${SELECT:=--backend serial,pool --range 1e6:1.05e6}"

# SELECT and OPTIONS are split into words on purpose.
report=$folder/report.md
"$PRIMEBENCH" gate --base "$BASE" --head "$HEAD" ${own[@]+"${own[@]}"} $SELECT --effort "$EFFORT" $OPTIONS \
  --output "$record" --force --anonymous --format markdown | tee "$report"
code=${PIPESTATUS[0]}

# What the gate has said counts together with its exit code: a program that ends with 0 and says nothing is not ok.
said=$(sed -n 's/^Verdict: \(.*\)\.$/\1/p' "$report" | tail -n 1)
case $code:$said in
  0:ok) verdict=ok ;;
  0:"nothing to judge") verdict="nothing to judge" ;;
  3:regressed) verdict=regressed ;;
  4:inconclusive) verdict=inconclusive ;;
  *) verdict=failed ;;
esac

{
  echo "verdict=$verdict"
  [ -e "$record" ] && echo "record=$record"
} >>"${GITHUB_OUTPUT:-/dev/stdout}"

# The reasons stand between the note on ratios and the verdict; five of them, in one line, are enough for an annotation.
why=$(sed -n '/^A ratio of /,/^Verdict: /p' "$report" | grep -v -e '^A ratio of ' -e '^Verdict: ' -e '^Power: ' -e '^$' |
  head -n 5 | cut -c 1-500 | paste -s -d ';' - | sed 's/;/; /g')

case $verdict in
  regressed) annotate error "$HEAD is slower than $BASE: $why" ;;
  inconclusive)
    annotate warning "Whether $HEAD is slower than $BASE could not be decided: $why"
    [ "$INCONCLUSIVE" = fail ] || exit 0
    ;;
  failed)
    if [ "$code" -eq 0 ]; then
      annotate error "The gate of $HEAD against $BASE ended without a verdict."
      exit 1
    fi
    ;;
esac
exit "$code"
