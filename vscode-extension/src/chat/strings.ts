/** The words of the chat's page, in the user's language: the page itself has none. */

import * as vscode from "vscode";

/** Make the words. */
export function strings() {
  return {
    copy: vscode.l10n.t("Copy"),
    insert: vscode.l10n.t("Insert at cursor"),
    apply: vscode.l10n.t("Apply as diff"),
    code: vscode.l10n.t("Code"),
    untrue: vscode.l10n.t("Not true:"),
    ask: vscode.l10n.t("Ask"),
    stop: vscode.l10n.t("Stop"),
    retry: vscode.l10n.t("Ask again"),
    copyAnswer: vscode.l10n.t("Copy answer"),
    review: vscode.l10n.t("Review the change"),
    placeholder: vscode.l10n.t("Ask about this code: @ names files, / runs recipes"),
    question: vscode.l10n.t("Question"),
    you: vscode.l10n.t("You"),
    model: vscode.l10n.t("Choose who answers"),
    indexAlone: vscode.l10n.t("Index alone"),
    answering: vscode.l10n.t("Answering…"),
    answered: vscode.l10n.t("Answered."),
    stopped: vscode.l10n.t("Stopped."),
    thinking: vscode.l10n.t("Thinking"),
    sent: vscode.l10n.t("What was sent"),
    nothingSent: vscode.l10n.t("Nothing was sent: the index answered."),
    preview: vscode.l10n.t("What would be sent"),
    nothingWouldBeSent: vscode.l10n.t("Nothing would be sent: the index answers."),
    wouldBeSent: vscode.l10n.t("{0} bytes would be sent to {1}, {2}."),
    leftOut: vscode.l10n.t("Left out: {0}"),
    redacted: vscode.l10n.t("Secrets replaced: {0}"),
    copied: vscode.l10n.t("Lines {0} are copied from {1}, {2} ({3})."),
    alike: vscode.l10n.t("Lines {0} are much like {1}, {2} ({3})."),
    policy: vscode.l10n.t("Your policy: {0}."),
    compare: vscode.l10n.t("Compare"),
    checked: vscode.l10n.t("{0} citations checked, {1} true"),
    changed: vscode.l10n.t("A change of {0} is proposed."),
    changeCommand: vscode.l10n.t("Run it with: {0}"),
    welcome: vscode.l10n.t(
      "Ask where something is, how it works, or what to change. Answers name the lines they are from.",
    ),
    welcomeKeys: vscode.l10n.t(
      "Enter asks, Shift+Enter makes a new line, the up key brings back what you asked.",
    ),
    offers: vscode.l10n.t("What can be put in"),
    conversation: vscode.l10n.t("Conversation"),
  };
}

/** The words of the chat's page. */
export type Strings = ReturnType<typeof strings>;
