/** Finds the server on this machine: asks each candidate for its version until one is right. */

import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";

import { candidates, type Candidate, type Machine, type Situation } from "./discovery";
import { isSupported, versionIn } from "./version";

/** A server that can be started. */
export interface Found extends Candidate {
  readonly version: string;
}

/** Why a candidate was passed over. */
export interface Refused extends Candidate {
  readonly why: "missing" | "other" | "old";
  /** The version, if it is too old; else what it said. */
  readonly said: string;
}

/** What a search for the server brought. */
export interface Search {
  readonly found: Found | null;
  readonly refused: readonly Refused[];
}

/** So long a program may take to print its version; a first start from a slow disk takes seconds. */
const PATIENCE_MS = 20_000;

/** This machine. */
export function thisMachine(): Machine {
  return { platform: process.platform, env: process.env, home: homedir(), isProgram };
}

/** Find the server. */
export async function findServer(situation: Situation, machine = thisMachine()): Promise<Search> {
  const refused: Refused[] = [];
  for (const candidate of candidates(situation, machine)) {
    const { output, isMissing } = await versionOutput(candidate.file);
    const version = versionIn(output);
    if (version !== null && isSupported(version)) return { found: { ...candidate, version }, refused };
    if (version !== null) refused.push({ ...candidate, why: "old", said: version });
    else refused.push({ ...candidate, why: isMissing ? "missing" : "other", said: output.slice(0, 200) });
  }
  return { found: null, refused };
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, process.platform === "win32" ? constants.F_OK : constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function versionOutput(file: string): Promise<{ output: string; isMissing: boolean }> {
  return new Promise((resolve) => {
    execFile(file, ["--version"], { timeout: PATIENCE_MS, windowsHide: true }, (error, stdout, stderr) => {
      const isMissing =
        error !== null && "code" in error && (error.code === "ENOENT" || error.code === "EACCES");
      resolve({ output: stdout || stderr || (error?.message ?? ""), isMissing });
    });
  });
}
