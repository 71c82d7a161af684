/** The extension in a real workbench, from its installation on: `run.js RUN.json [STEP ...]`, started by drive.py. */

import assert from "node:assert/strict";

import { readSetup, settingsOf } from "./setup";
import { steps } from "./steps";
import type { Run } from "./steps/step";
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
  try {
    for (const step of chosen) {
      const start = Date.now();
      try {
        await step.act(run);
      } catch (error) {
        console.error(`failed: ${step.name}`);
        await workbench.picture("failure");
        throw error;
      }
      console.log(`ok ${step.name} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
    }
    const errors = [...workbench.errors, ...workbench.logged()].filter((text) => !EXPECTED.test(text));
    assert.deepEqual(errors, [], "errors in the console or in the extension host's log");
    console.log(`ok no error in the console or in the extension host's log`);
    console.log(`all ${chosen.length} steps: ${((Date.now() - begun) / 1000).toFixed(0)} s`);
  } catch (error) {
    process.exitCode = 1;
    console.error(error);
    console.error(workbench.errors.concat(workbench.logged()).join("\n"));
  } finally {
    await workbench.close();
  }
}

void main();
