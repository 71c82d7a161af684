/** axe-core on the chat's page, with an answer in it. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import type { AxeResults } from "axe-core";

import type { Step } from "./steps";

const AXE = readFileSync(createRequire(__filename).resolve("axe-core/axe.min.js"), "utf8");

export const accessibility: Step = {
  name: "the chat's page has no violation that axe-core knows",
  act: async ({ workbench }) => {
    const frame = workbench.page
      .frames()
      .find((item) => item.name() === "" && item.url().includes("fake.html"));
    assert.ok(frame, "the chat's page");
    // The page's policy forbids scripts that are not its own; what the test evaluates is outside of it.
    await frame.evaluate(AXE);
    const results = await frame.evaluate(() =>
      (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
    );
    assert.deepEqual(
      results.violations.map(({ id, nodes }) => [
        id,
        nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`),
      ]),
      [],
    );
  },
};
