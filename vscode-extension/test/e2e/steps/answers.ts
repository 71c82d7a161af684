/** Questions in the chat: the index answers, a model answers, an answer is stopped. */

import { answeredBy, ask, askCiting, INDEX, leads, type Step } from "./step";

export const indexAnswers: Step = {
  id: "ask",
  name: "without a model the chat answers with a link that opens the file at the line",
  act: async (run) => {
    const { workbench, project } = run;
    await answeredBy(workbench, INDEX);
    await ask(workbench, project.question);
    await leads(run, workbench.chat.locator(".hit a.place", { hasText: project.definition.path }).first());
    await workbench.picture("chat-index");
  },
};

export const model: Step = {
  id: "model",
  name: "a model's answer streams; true citations are links, untrue ones are struck out",
  act: async (run) => {
    const { chat } = run.workbench;
    const { path, end_line } = run.project.definition;
    await askCiting(run);
    await chat.locator(".untrue s", { hasText: String(end_line + 8000) }).waitFor();
    await leads(run, chat.locator(".answer a.place", { hasText: path }).first());
    await chat.locator("details.context summary").click();
    await chat.locator("details.context a.place").first().waitFor();
    await run.workbench.picture("chat-model");
  },
};

export const stop: Step = {
  id: "stop",
  name: "an answer that does not end is stopped",
  act: async ({ workbench }) => {
    await answeredBy(workbench, "endless");
    await ask(workbench, "why does this take so long?");
    const { chat } = workbench;
    await chat.locator("article[data-state=answering]").waitFor();
    await chat.locator(".composer button", { hasText: "Stop" }).click();
    await chat.locator("article[data-state=stopped]").waitFor();
  },
};
