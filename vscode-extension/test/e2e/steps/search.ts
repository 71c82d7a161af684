/** Search while typing, and in the view that keeps the results. */

import type { Workbench } from "../workbench";
import { atDefinition, ELSEWHERE, type Step } from "./step";

export const search: Step = {
  id: "search",
  name: "the quick pick and the results view find a definition, and open it",
  act: async (run) => {
    const { workbench, project } = run;
    const { page } = workbench;
    await workbench.ready();
    await workbench.openFile(ELSEWHERE);
    await workbench.command("assist: Search");
    await page.locator(".quick-input-widget").filter({ hasText: "assist: search" }).waitFor();
    await workbench.fill(project.definition.name);
    const row = page
      .locator(".quick-input-list .monaco-list-row")
      .filter({ hasText: project.definition.path })
      .first();
    await row.waitFor();
    await workbench.picture("search-pick");
    await row.click();
    await atDefinition(run);
    await workbench.openFile(ELSEWHERE);
    const result = await resultsOf(workbench, project.definition.name);
    await workbench.picture("search-view");
    await result.click();
    await atDefinition(run);
  },
};

/** Search in the results view; the line of the definition. */
export async function resultsOf(
  workbench: Workbench,
  name: string,
): Promise<ReturnType<Workbench["page"]["locator"]>> {
  await workbench.command("assist: Search in the Results View");
  await workbench.fill(name);
  await workbench.page.keyboard.press("Enter");
  const result = workbench.page
    .locator(".pane-body .monaco-list-row")
    .filter({ hasText: `def ${name}` })
    .first();
  await result.waitFor();
  return result;
}
