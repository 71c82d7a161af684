/** What the extension costs the editor's start, as the editor itself says. */

import assert from "node:assert/strict";

import type { Workbench } from "../workbench";
import type { Step } from "./step";

export const activation: Step = {
  id: "activation",
  name: "the editor tells how long the activation took",
  act: async ({ workbench }) => {
    const took = await activationMs(workbench);
    assert.ok(took > 0);
    console.log(`   activation: ${took} ms`);
    await workbench.command("View: Close Editor");
  },
};

/** Milliseconds from loading the extension's code to the end of `activate`. */
export async function activationMs(workbench: Workbench): Promise<number> {
  await workbench.ready();
  await workbench.command("Developer: Show Running Extensions");
  const row = workbench.page
    .locator(".runtime-extensions-editor .extension")
    .filter({ hasText: "assist" })
    .first();
  await row.waitFor();
  const told = /Activation: (\d+)\s*ms/.exec(await row.innerText());
  assert.ok(told?.[1], await row.innerText());
  return Number(told[1]);
}
