#!/usr/bin/env node
// Puts faults into src/Hourgate.sol, one at a time, and sees whether the tests notice.
//   ./mutate.mjs               all of them, two at a time: about an hour of a busy machine
//   ./mutate.mjs --list        only shows them
//   ./mutate.mjs --jobs 4      four at a time
//   ./mutate.mjs --only 17,23  these alone
// Ends with the survivors. Exits with 0 if each of them is explained in `harmless` below, and each of those survives.
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const option = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);

// Faults that change nothing anybody could see: the mutated line, and why.
const harmless = new Map([
  [
    "if (access.paidUntil >= _now()) access.paidUntil = _now();",
    "an end that is now already becomes now",
  ],
  [
    "uint64 start = access.paidUntil >= _now() ? access.paidUntil : _now();",
    "if both are the same second, it does not matter which one counts",
  ],
  [
    "require(msg.sender != owner(), OwnerNotAllowed(owner()));",
    "the sender is the owner whenever this error is made",
  ],
]);

// [what to look for, what to put there]: each match on each line of code is a mutant of its own.
const operators = [
  [/ == /g, " != "],
  [/ != /g, " == "],
  [/ > /g, " >= "],
  [/ > /g, " < "],
  [/ < /g, " <= "],
  [/ < /g, " > "],
  [/ <= /g, " < "],
  [/ <= /g, " > "],
  [/ \+ /g, " - "],
  [/ - /g, " + "],
  [/ - \w+/g, ""],
  [/ \+= /g, " -= "],
  [/ \+= /g, " = "],
  [/ -= /g, " += "],
  [/ -= /g, " = "],
  [/ \|\| /g, " && "],
  [/ && /g, " || "],
  [/\btrue\b/g, "false"],
  [/\b0\b/g, "1"],
  [/\b2 \* 365 days\b/g, "(2 * 365 days - 1)"],
  [/\b2 \* 365 days\b/g, "(2 * 365 days + 1)"],
  [/ onlyOwner\b/g, ""],
  [/ nonReentrant\b/g, ""],
  [/ whenNotPaused\b/g, ""],
  [/^( *)(emit |require\(|_\w+\(.*\);|_\w+\.push|return;)/g, "$1if (false) $2"],
  [/^( *)([\w.[\]]+ [-+]?= )/g, "$1if (false) $2"], // an assignment is left out
  [/\bif \((.*?)\) /g, "if (true || ($1)) "],
  [/\bif \((.*?)\) /g, "if (false && ($1)) "],
  [/ \? (.*?) : (.*);/g, " ? $2 : $1;"],
  [/\bmsg\.sender\b/g, "address(this)"],
  [/\bmsg\.sender\b/g, "owner()"],
  [/\bmsg\.value\b/g, "address(this).balance"],
  [/\bmsg\.value\b/g, "0"],
  [/\baddress\(this\)/g, "msg.sender"],
  [/\bowner\(\)/g, "pendingOwner()"],
  [/\baccount\b(?!;| =>)/g, "msg.sender"],
  [/\bpayee\b(?!;| =>)/g, "account"],
  [/\bto\b(?=[,.)])/g, "owner()"],
  [/\bclaimableTotal\b/g, "claimable[msg.sender]"],
  [/\bpaidUntil\b(?=[ ,;)])/g, "credentialsFrom"],
  [/\bcredentialsFrom\b/g, "paidUntil"],
  [/\bp\.price\b/g, "p.duration"],
  [/\bp\.duration\b/g, "1"],
  [/\bamount\b(?=[,}])/g, "0"],
  [/\buntil\b(?=[;,)])/g, "start"],
  [/\b_now\(\)/g, "0"],
  [/\bblock\.timestamp\b/g, "block.timestamp + 1"],
  [/\breceived\b(?= ==)/g, "p.price"],
  [/\bid\b(?=[,)\]])/g, "0"],
  [/\bvalue\b(?=[,)])/g, "0"],
  [/\bdeadline, v, r, s\b/g, "deadline, v, s, r"],
  [/\bdeadline\b(?=, v)/g, "value"],
  [/ catch \{\}/g, " catch { revert(); }"],
];

function mutants(source) {
  const lines = source.split("\n");
  const body = lines.findIndex((line) => line.startsWith("contract Hourgate"));
  const found = new Map();
  lines.forEach((line, at) => {
    if (at <= body || /^\s*(\/\/|using |mapping|uint256 public|\w+ \w+[,;]?$|function \w+\([^)]*$)/.test(line)) return;
    const code = line.replace(/\/\/.*/, "");
    const heading = /^\s*(function|\)) /.test(code);
    for (const [pattern, replacement] of heading ? operators.filter(([, put]) => put === "") : operators) {
      for (const match of code.matchAll(pattern)) {
        const rest = code.slice(match.index).replace(new RegExp(pattern.source), replacement);
        const mutated = code.slice(0, match.index) + rest;
        const key = `${at + 1}: ${mutated.trim()}`;
        if (mutated !== code && !found.has(key)) found.set(key, { at, line, mutated });
      }
    }
  });
  return [...found.values()];
}

const forge = (() => {
  const packages = join(here, "node_modules", "@foundry-rs");
  return join(packages, readdirSync(packages).find((name) => name.startsWith("forge-")), "bin", "forge");
})();

const running = new Set();
const run = (folder, ...args) =>
  new Promise((done) => {
    const child = execFile(forge, args, { cwd: folder, timeout: 600_000, maxBuffer: 1 << 28 }, (error, out, err) => {
      running.delete(child);
      done({ error, text: out + err });
    });
    running.add(child);
  });

// Unit and fuzz tests first: they are quick, and they notice nearly everything.
async function verdict(folder) {
  const unit = await run(folder, "test", "--fail-fast", "--fuzz-runs", "64", "--no-match-contract", "Invariant");
  if (/Compiler run failed|Compilation failed|Compiler error/.test(unit.text)) return "does not compile";
  if (unit.error) return "noticed by a unit test";
  const all = await run(folder, "test", "--match-contract", "Invariant");
  return all.error ? "noticed by an invariant test" : "SURVIVES";
}

const path = "src/Hourgate.sol";
const source = readFileSync(join(here, path), "utf8");
let work = mutants(source).map((mutant, number) => ({ number, ...mutant }));
const only = option("--only")?.split(",").map(Number);
if (only) work = work.filter(({ number }) => only.includes(number));
const show = ({ number, at, line, mutated }) => `#${number} line ${at + 1}\n  - ${line.trim()}\n  + ${mutated.trim()}`;

if (process.argv.includes("--list")) {
  work.forEach((mutant) => console.log(show(mutant)));
  process.exit();
}

const results = new Map();
const todo = [...work];
const scratch = mkdtempSync(join(tmpdir(), "hourgate-mutants-"));
process.on("exit", () => {
  running.forEach((child) => child.kill());
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
});
process.on("SIGINT", () => process.exit(130));
process.on("SIGTERM", () => process.exit(143));

async function worker(name) {
  const folder = join(scratch, name);
  mkdirSync(folder);
  for (const part of ["src", "test", "bin", "foundry.toml"]) cpSync(join(here, part), join(folder, part), { recursive: true });
  symlinkSync(join(here, "node_modules"), join(folder, "node_modules"));
  // A mutant may leave a function able to do less, or a name unused: no reason to stop.
  writeFileSync(join(folder, "foundry.toml"), readFileSync(join(folder, "foundry.toml"), "utf8").replace(/^deny = .*$/m, ""));
  for (let mutant = todo.shift(); mutant; mutant = todo.shift()) {
    const lines = source.split("\n");
    lines[mutant.at] = mutant.mutated;
    writeFileSync(join(folder, path), lines.join("\n"));
    const result = await verdict(folder);
    results.set(mutant, result);
    console.log(`[${results.size}/${work.length}] ${show(mutant)}\n  ${result}`);
  }
}

await Promise.all(Array.from({ length: Number(option("--jobs") ?? 2) }, (_, i) => worker(`worker${i}`)));

const count = (result) => [...results.values()].filter((each) => each === result).length;
console.log(`\n${work.length} mutants`);
for (const result of ["does not compile", "noticed by a unit test", "noticed by an invariant test", "SURVIVES"]) {
  console.log(`${String(count(result)).padStart(5)} ${result}`);
}
const survivors = work.filter((mutant) => results.get(mutant) === "SURVIVES");
let unexplained = 0;
for (const mutant of survivors) {
  const reason = harmless.get(mutant.mutated.trim());
  if (!reason) unexplained++;
  console.log(`${show(mutant)}\n  ${reason ?? "NOT EXPLAINED"}`);
}
const stale = only ? [] : [...harmless.keys()].filter((line) => !survivors.some((mutant) => mutant.mutated.trim() === line));
stale.forEach((line) => console.log(`explained, but it does not survive: ${line}`));
process.exit(unexplained + stale.length === 0 ? 0 : 1);
