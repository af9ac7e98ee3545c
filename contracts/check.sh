#!/usr/bin/env bash
# Builds and tests the contract, wants all of src/ covered, and compares what is committed (abi/, the tokens of the tests in
# Java, .gas-snapshot) with the fresh build.
#   ./check.sh            check everything
#   ./check.sh --update   format, build, and write all of that anew
# FOUNDRY_PROFILE=ci fuzzes far longer (a million calls, minutes); FOUNDRY_FUZZ_SEED=n draws other cases than the usual ones.
set -euo pipefail
cd "$(dirname "$0")"

# The gas of fuzz and invariant tests depends on their runs.
gas=(snapshot --match-test '^test_' --no-match-contract Invariant)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

step() { printf 'contracts: %s\n' "$*"; }

# Runs forge; shows all it said if it fails, else only its last line.
run() {
    if "$forge" "$@" >"$scratch/log" 2>&1; then
        tail -n 1 "$scratch/log"
    else
        cat "$scratch/log" >&2
        return 1
    fi
}

bytecode() { # CONTRACT
    "$forge" inspect "$1" bytecode | tr -d '\n' | sed 's/^0x//'
}

tokens=../src/test/resources/org/hourgate/chain
artefacts() { # FOLDER FOLDER-OF-TOKENS
    "$forge" inspect Hourgate abi --json >"$1/Hourgate.abi"
    bytecode Hourgate >"$1/Hourgate.bin"
    for token in TestDollar TestTether; do bytecode "$token" >"$2/$token.bin"; done
}

if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    step "npm ci"
    npm ci --loglevel=error
fi
# The program itself, of whichever platform npm installed: node_modules/.bin/forge is a wrapper that always exits 0.
forge=$(ls node_modules/@foundry-rs/forge-*/bin/forge)

if [ "${1:-}" = --update ]; then
    step "format, build, write abi/, the tokens of the tests in Java and .gas-snapshot"
    "$forge" fmt
    run build
    artefacts abi "$tokens"
    run "${gas[@]}"
    exit
fi

step "format"
"$forge" fmt --check
step "build"
run build
artefacts "$scratch" "$scratch"
for file in abi/Hourgate.abi abi/Hourgate.bin "$tokens"/Test*.bin; do
    cmp "$file" "$scratch/$(basename "$file")" || {
        step "$file is not what the source compiles to: run contracts/check.sh --update"
        exit 1
    }
done
step "test"
run test
step "coverage of src/ by unit and fuzz tests"
FOUNDRY_PROFILE=default run coverage --report summary --no-match-coverage '^test/' --no-match-contract Invariant >/dev/null
total=$(grep '^| Total' "$scratch/log")
echo "$total"
[ "$(grep -o ' 100\.00%' <<<"$total" | wc -l)" = 4 ] || {
    step "lines, statements, branches and functions must all be reached"
    exit 1
}
step "gas"
run "${gas[@]}" --check || {
    step "gas use changed: run contracts/check.sh --update and look at the difference"
    exit 1
}
step "ok"
