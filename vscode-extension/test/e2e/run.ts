/** The extension in a real workbench, from its installation on: `run.js RUN.json [STEP ...]`, started by drive.py. */

import assert from "node:assert/strict";

import { readSetup, settingsOf } from "./setup";
import { steps } from "./steps";
import type { Run, Step } from "./steps/step";
import { Workbench } from "./workbench";

/** What code-server lacks, what the workbench says without a network, and of the server that a step kills. */
const EXPECTED =
  /\/node_modules\/vsda\/|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|net::ERR_|Server process exited with signal SIGKILL/;

async function main(): Promise<void> {
  const setup = readSetup();
  const named = process.argv.slice(3);
  const chosen = named.length > 0 ? steps.filter(({ id }) => named.includes(id)) : steps;
  assert.equal(chosen.length, named.length || steps.length, `steps: ${steps.map(({ id }) => id).join(" ")}`);
  const begun = Date.now();
  const workbench = await Workbench.open(setup, { settings: settingsOf(setup), isInstalled: true });
  const run: Run = { workbench, project: setup.project, setup };
  const failed: string[] = [];
  try {
    for (const step of chosen) {
      if (!(await passes(step, run))) failed.push(step.id);
    }
    const errors = [...workbench.errors, ...workbench.logged()].filter((text) => !EXPECTED.test(text));
    console.log(
      [`${errors.length} errors in the console and in the extension host's log`, ...errors].join("\n"),
    );
    if (errors.length > 0) failed.push("errors");
  } finally {
    await workbench.close();
  }
  const took = ((Date.now() - begun) / 1000).toFixed(0);
  console.log(`${chosen.length} steps in ${took} s, failed: ${failed.join(" ") || "none"}`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}

/** Do a step. What follows is done in any case: steps do not need each other. */
async function passes(step: Step, run: Run): Promise<boolean> {
  const start = Date.now();
  const took = (): string => `(${((Date.now() - start) / 1000).toFixed(1)} s)`;
  try {
    await step.act(run);
    console.log(`ok ${step.name} ${took()}`);
    return true;
  } catch (error) {
    console.log(`failed: ${step.name} ${took()}\n${error instanceof Error ? error.stack : String(error)}`);
    await run.workbench.picture(`failed-${step.id}`);
    await run.workbench.page.keyboard.press("Escape");
    return false;
  }
}

void main();
