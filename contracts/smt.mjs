#!/usr/bin/env node
// Proves the arithmetic of time for every account, duration and time, and every state before, with solc's SMTChecker and
// z3 (Debian: apt-get install z3). `_extend` and `refund` are taken from src/Hourgate.sol as they stand, and put into a
// harness that says what must hold. Seconds of work, but it needs z3, so check.sh does not run it.
//
// The engine is bounded model checking: each function is looked at once, for any state before it. What the state is
// known to obey, that nobody is paid further ahead than MAX_AHEAD, is assumed before a call and proved after it; it holds
// at the start, when nobody is paid at all, and passing time keeps it. That makes it a proof by induction.
//
// Afterwards faults are put into the contract's text, and each must be found: the proof is not empty.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const solc = require("solc");
const { smtCallback } = require("solc/smtchecker");

const faults = [
  ["start + duration", "start + duration + 1"],
  ["start + duration", "start + 1"],
  ["access.paidUntil > _now() ? access.paidUntil : _now()", "access.paidUntil"],
  ["access.paidUntil > _now() ? access.paidUntil : _now()", "_now()"],
  ["until <= limit", "until <= limit + 1"],
  ["        access.paidUntil = until;\n", ""],
  ["require(account != owner(), OwnerNotAllowed(account));", ""],
  ["if (access.paidUntil > _now()) access.paidUntil = _now();", "access.paidUntil = _now();"],
  ["if (access.paidUntil > _now()) access.paidUntil = _now();", ""],
  ["claimableTotal += msg.value", "claimableTotal = msg.value"],
];

const harness = (source) => `// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

contract Harness {
    struct Access {
        uint64 paidUntil;
        uint64 credentialsFrom;
    }

    event AccessChanged(address indexed account, uint64 paidUntil);
    event Refunded(address indexed account, address indexed payee, uint256 amount);

    error ZeroAccount();
    error OwnerNotAllowed(address owner);
    error TooFarAhead(uint64 paidUntil, uint64 limit);

    address private _owner;
    uint64 private _time;
    mapping(address account => Access) private _access;
    mapping(address payee => uint256) private claimable;
    uint256 private claimableTotal;

    /// @dev What every state obeys. Times have room to spare for billions of years, and ether for a quadrillion times
    /// what exists.
    modifier assuming(address account) {
        require(_time < 2 ** 63 && _access[account].paidUntil <= uint256(_time) + MAX_AHEAD);
        _;
    }

    modifier assumingEther(address payee) {
        require(msg.value < 2 ** 128 && claimableTotal < 2 ** 128 && claimable[payee] <= claimableTotal);
        _;
    }

    function owner() private view returns (address) {
        return _owner;
    }

    /// @dev Any time at all.
    function _now() private view returns (uint64) {
        return _time;
    }

${text(source, "    uint32 public constant MAX_AHEAD", ";\n")}
${text(source, "    function _extend(", "\n    }\n").replace("private", "private assuming(account)")}
${text(source, "    function refund(", "\n    }\n").replace("external payable onlyOwner", "private assuming(account) assumingEther(payee)")}
    function extending(address account, address other, uint32 duration) external assuming(account) {
        require(duration != 0 && other != account);
        uint256 before = _access[account].paidUntil;
        uint64 othersBefore = _access[other].paidUntil;
        uint64 credentialsBefore = _access[account].credentialsFrom;

        uint256 until = _extend(account, duration);

        assert(_access[account].paidUntil == until); // what is returned and announced is what is kept
        assert(until > before); // an end never falls
        assert(until > _time); // whoever pays has time
        if (before > _time) assert(until - before == duration); // not a second free or lost
        else assert(until - _time == duration);
        assert(until <= uint256(_time) + MAX_AHEAD); // what was assumed is kept
        assert(account != address(0) && account != _owner);
        assert(_access[other].paidUntil == othersBefore);
        assert(_access[account].credentialsFrom == credentialsBefore);
    }

    function stacking(address account, uint32 first, uint32 second) external assuming(account) {
        require(first != 0 && second != 0);
        uint256 once = _extend(account, first);
        uint256 twice = _extend(account, second);
        assert(twice == once + second); // two purchases are the sum of both
    }

    function refunding(address account, address payee, address other)
        external
        payable
        assuming(account)
        assumingEther(payee)
    {
        require(other != account);
        uint256 before = _access[account].paidUntil;
        uint64 othersBefore = _access[other].paidUntil;
        uint256 creditBefore = claimable[payee];
        uint256 totalBefore = claimableTotal;

        refund(account, payee);

        uint256 later = _access[account].paidUntil;
        assert(later <= before); // nobody's end moves forward
        assert(later <= _time); // time ends
        assert(before > _time || later == before); // what was over stays
        assert(_access[other].paidUntil == othersBefore);
        assert(claimable[payee] - creditBefore == msg.value); // what was sent is what is credited
        assert(claimableTotal - totalBefore == msg.value);
    }
}
`;

function text(source, start, end) {
  const from = source.indexOf(start);
  if (from < 0) throw new Error(`src/Hourgate.sol has no "${start.trim()}" any more`);
  // The checker forgets what it knows when storage is written through a pointer: write what the pointer stands for.
  return source
    .slice(from, source.indexOf(end, from) + end.length)
    .replace(/ *Access storage access = _access\[account\];\n/, "")
    .replace(/\baccess\./g, "_access[account].");
}

const scratch = mkdtempSync(join(tmpdir(), "hourgate-smt-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

function z3(query) {
  const file = join(scratch, "query.smt2");
  writeFileSync(file, query);
  try {
    return execFileSync("z3", ["-smt2", "-T:120", file], { encoding: "utf8", stdio: "pipe", maxBuffer: 1 << 28 });
  } catch (error) {
    // It fails when it is asked for the example of something impossible.
    if (/^(sat|unsat|unknown)/.test(error.stdout ?? "")) return error.stdout;
    throw error;
  }
}

/** What the checker says: how many properties are proved, and those that are not. */
function check(source) {
  const input = {
    language: "Solidity",
    sources: { "Harness.sol": { content: harness(source) } },
    settings: {
      modelChecker: {
        engine: "bmc",
        solvers: ["smtlib2"],
        targets: ["assert", "overflow", "underflow"],
        showProvedSafe: true,
        showUnproved: true,
      },
    },
  };
  const messages = JSON.parse(solc.compile(JSON.stringify(input), { smtSolver: smtCallback(z3) })).errors ?? [];
  const broken = messages.find(({ severity }) => severity === "error");
  if (broken) throw new Error(broken.formattedMessage);
  return {
    proved: messages.filter(({ message }) => message.endsWith("check is safe!")),
    others: messages.filter(({ severity, message }) => severity === "warning" && message.startsWith("BMC: ")),
  };
}

const source = readFileSync(join(here, "src/Hourgate.sol"), "utf8");
const { proved, others } = check(source);
const asserts = proved.filter(({ message }) => message.includes("Assertion violation")).length;
const expected = harness(source).match(/\bassert\(/g).length;
console.log(`${asserts} of ${expected} assertions and ${proved.length - asserts} times "no overflow" proved for all inputs`);
others.forEach(({ formattedMessage }) => console.log(formattedMessage));
let ok = asserts === expected && others.length === 0;

for (const [good, bad] of faults) {
  if (!source.includes(good)) throw new Error(`src/Hourgate.sol has no "${good.trim()}" any more`);
  const found = check(source.replace(good, bad)).others.some(({ message }) => message.includes("happens here"));
  console.log(`${found ? "found" : "NOT FOUND"}: "${bad.trim()}" instead of "${good.trim()}"`);
  ok &&= found;
}
process.exit(ok ? 0 : 1);
