/** The themes: pictures to be looked at. */

import type { Run, Step } from "./step";
import { askCiting, ELSEWHERE } from "./step";
import { suggested, takenBack } from "./completion";
import { pasted } from "./copies";
import { resultsOf } from "./search";

const THEMES = [
  ["light", "Light Modern", "vscode-light"],
  ["high-contrast", "Dark High Contrast", "vscode-high-contrast"],
  ["high-contrast-light", "Light High Contrast", "vscode-high-contrast-light"],
  ["dark", "Dark Modern", "vscode-dark"],
] as const;

export const themes: Step = {
  id: "themes",
  name: "pictures in the dark, the light and the high-contrast themes",
  act: async (run) => {
    const { workbench } = run;
    await workbench.ready();
    await askCiting(run);
    await workbench.openFile(ELSEWHERE);
    for (const [name, theme, mark] of THEMES) {
      await workbench.commandAndChoose("Preferences: Color Theme", theme, new RegExp(`^${theme}$`));
      await workbench.chat.locator(`body.${mark}`).waitFor();
      await shown(run, name);
    }
  },
};

async function shown(run: Run, theme: string): Promise<void> {
  const { workbench, project } = run;
  const { path, start_line } = project.definition;
  await workbench.openFile(path, start_line);
  await workbench.picture(`${theme}-chat`);
  await suggested(workbench);
  await workbench.picture(`${theme}-ghost`);
  await takenBack(workbench);
  await pasted(run);
  await workbench.page.keyboard.press("F8");
  await workbench.page.locator(".marker-widget", { hasText: project.copiedFrom }).waitFor();
  await workbench.picture(`${theme}-copied`);
  await takenBack(workbench);
  await resultsOf(workbench, project.definition.name);
  await workbench.picture(`${theme}-search`);
}
