/** A conversation, and what would be sent with a question, as Markdown documents. Pure. */

import type { Context, Passage } from "../protocol";
import { filled } from "./filled";
import { copySentence } from "./markdown";
import type { Turn } from "./messages";
import type { Strings } from "./strings";
import { transcribe, withoutMarks } from "./transcript";

/** Write a conversation down: questions, answers, places, what was copied, what was sent. */
export function conversationMarkdown(turns: readonly Turn[], title: string, words: Strings): string {
  return `${[`# ${title}`, ...turns.map((turn) => turnMarkdown(turn, words))].join("\n\n")}\n`;
}

function turnMarkdown({ question, events, outcome, state, error }: Turn, words: Strings): string {
  const { source, marks } = transcribe(events);
  const copies = events.flatMap((event) => (event.kind === "copiedCode" ? event.copies : []));
  const context = events.find((event) => event.kind === "context");
  const places = (outcome?.passages ?? []).map(
    (hit) => `- ${hit.path}:${hit.target.start.line + 1} ${hit.reason}`,
  );
  const parts = [
    `## ${question}`,
    outcome?.text || withoutMarks(source, marks),
    places.join("\n"),
    state === "stopped" ? `*${words.stopped}*` : "",
    error === "" ? "" : `*${error}*`,
    ...(copies.length > 0 ? copies : (outcome?.copies ?? [])).map((copy) => `> ${copySentence(copy, words)}`),
    context === undefined ? "" : `${outcome?.summary || context.endpoint}:\n\n${list(context.passages)}`,
  ];
  return parts.filter((part) => part.trim() !== "").join("\n\n");
}

/** Write down what would be sent with a question. */
export function contextMarkdown(context: Context, words: Strings): string {
  if (!context.backend) return `# ${words.preview}\n\n${words.nothingWouldBeSent}\n`;
  const secrets = Object.entries(context.redacted).map(([kind, count]) => `${kind} ${count}`);
  const parts = [
    `# ${words.preview}`,
    filled(words.wouldBeSent, context.bytes, context.model ?? "", context.endpoint ?? ""),
    list(context.passages),
    context.leftOut.map((reason) => `- ${filled(words.leftOut, reason)}`).join("\n"),
    secrets.length > 0 ? filled(words.redacted, secrets.join(", ")) : "",
    ...context.messages.map(({ role, content }) => `## ${role}\n\n${fenced(content)}`),
  ];
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}

function list(passages: readonly Passage[]): string {
  return passages
    .map(({ path, startLine, endLine, origin }) =>
      startLine > 0 ? `- ${path}:${startLine}-${endLine} ${origin}` : `- ${path} ${origin}`,
    )
    .join("\n");
}

/** A fence that the text cannot end. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([marks]) => marks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}
