/** Saved chats: going on with one, deleting one, and a chat as a Markdown document. */

import * as vscode from "vscode";

import type { Conversation } from "./chat/conversation";
import { conversationMarkdown } from "./chat/exported";
import { strings } from "./chat/strings";
import { messageOf, request } from "./server/requests";
import type { Session } from "./server/session";

interface Item extends vscode.QuickPickItem {
  readonly chatId: string;
}

/** Ask which chat to go on with. */
export function showHistory(session: Session, conversation: Conversation): void {
  const client = session.orTell();
  if (client === null) return;
  const pick = vscode.window.createQuickPick<Item>();
  pick.title = vscode.l10n.t("assist: earlier chats");
  pick.matchOnDescription = true;
  pick.busy = true;
  const remove = { iconPath: new vscode.ThemeIcon("trash"), tooltip: vscode.l10n.t("Delete this chat") };
  const load = async (): Promise<void> => {
    const { chats } = await request(client, "assist/chat/history", {});
    pick.items = chats.map((chat) => ({
      label: chat.title,
      description: vscode.l10n.t("questions: {0}, {1}", chat.turns, new Date(chat.changed).toLocaleString()),
      buttons: [remove],
      chatId: chat.chatId,
    }));
    pick.placeholder = chats.length > 0 ? "" : vscode.l10n.t("No chat has been saved yet.");
    pick.busy = false;
  };
  const guarded = (work: Promise<void>): void => {
    work.catch((error: unknown) => {
      pick.hide();
      void vscode.window.showErrorMessage(`assist: ${messageOf(error)}`);
    });
  };
  pick.onDidTriggerItemButton(({ item }) =>
    guarded(request(client, "assist/chat/delete", { chatId: item.chatId }).then(load)),
  );
  pick.onDidAccept(() => {
    const chosen = pick.selectedItems[0];
    pick.hide();
    if (chosen !== undefined) {
      guarded(conversation.resume(chosen.chatId));
      void vscode.commands.executeCommand("assist.chat.focus");
    }
  });
  pick.onDidHide(() => pick.dispose());
  pick.show();
  guarded(load());
}

/** Open the conversation as a Markdown document. */
export async function exportChat(conversation: Conversation): Promise<void> {
  if (conversation.all.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t("assist: nothing has been asked in this chat yet."),
    );
    return;
  }
  const content = conversationMarkdown(conversation.all, vscode.l10n.t("A chat with assist"), strings());
  await vscode.window.showTextDocument(
    await vscode.workspace.openTextDocument({ language: "markdown", content }),
  );
}
