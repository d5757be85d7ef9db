# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034
# For scripts that make several checks, each told in a line of its own, which
# .ci/run counts. They end with: exit "$failed".

failed=0

# check NAME COMMAND...: quiet if it succeeds, else says all that it said.
check() {
    local name=$1 output start=$SECONDS
    shift
    if output=$("$@" 2>&1 </dev/null); then
        echo "pass: $name ($((SECONDS - start)) s)"
    else
        printf '%s\nFAIL: %s\n' "$output" "$name"
        failed=1
        return 1
    fi
}
