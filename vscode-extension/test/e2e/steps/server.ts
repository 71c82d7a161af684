/** The server in the background: it indexes, it is killed. */

import assert from "node:assert/strict";

import { answeredBy, ask, type Step } from "./step";

/** So many files make a repository that is worth indexing. */
const FILES = 500;

export const indexing: Step = {
  id: "indexing",
  name: "indexing progress appears and ends",
  act: async ({ workbench, project }) => {
    assert.ok(project.files >= FILES);
    await workbench.status.filter({ hasText: /indexing \d+%/ }).waitFor();
    await workbench.picture("indexing");
    await workbench.ready();
  },
};

export const crash: Step = {
  id: "crash",
  name: "the server is killed, starts again by itself, and that is said",
  act: async ({ workbench, project }) => {
    const { page } = workbench;
    await workbench.ready();
    const [before] = workbench.servers();
    assert.ok(before);
    process.kill(before, "SIGKILL");
    await page.locator(".notification-toast", { hasText: "was started again" }).waitFor();
    await workbench.picture("restarted");
    await workbench.ready();
    assert.ok(!workbench.servers().includes(before));
    await workbench.command("Notifications: Clear All Notifications");
    await answeredBy(workbench, "citing");
    await ask(workbench, project.question);
    await workbench.chat.locator(".answer a.place", { hasText: project.definition.path }).first().waitFor();
  },
};
