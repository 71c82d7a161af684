/** The words of the chat's page, in the user's language: the page itself has none. */

import * as vscode from "vscode";

/** Make the words. */
export function strings() {
  const t = vscode.l10n.t;
  return {
    copy: t("Copy"),
    insert: t("Insert at cursor"),
    apply: t("Apply as diff"),
    code: t("Code"),
    untrue: t("Not true:"),
    ask: t("Ask"),
    stop: t("Stop"),
    retry: t("Ask again"),
    copyAnswer: t("Copy answer"),
    review: t("Review the change"),
    placeholder: t("Ask about this code: @ names files, / runs recipes"),
    question: t("Question"),
    you: t("You"),
    assist: t("assist"),
    model: t("Choose who answers"),
    indexAlone: t("Index alone"),
    answering: t("Answering…"),
    answered: t("Answered."),
    stopped: t("Stopped."),
    thinking: t("Thinking"),
    sent: t("What was sent"),
    nothingSent: t("Nothing was sent: the index answered."),
    passages: t("Places"),
    leftOut: t("Left out: {0}"),
    redacted: t("Secrets replaced: {0}"),
    copied: t("Copied code: {0}"),
    checked: t("{0} citations checked, {1} true"),
    changed: t("A change of {0} is proposed."),
    changeCommand: t("Run it with: {0}"),
    welcome: t(
      "Ask where something is, how it works, or what to change. Answers name the lines they are from.",
    ),
    welcomeKeys: t("Enter asks, Shift+Enter makes a new line, the up key brings back what you asked."),
    offers: t("What can be put in"),
    conversation: t("Conversation"),
  };
}

/** The words of the chat's page. */
export type Strings = ReturnType<typeof strings>;
