/** What a recipe works on and with: what is selected, what stands behind its name, and what the user is asked for. */

import * as vscode from "vscode";

import type { RecipeInfo, RecipeParameter, RecipeRunParams, Selection } from "../protocol";
import { parted } from "./targets";

const INSTRUCTION = "instruction";

/** Make the parameters of a run; undefined if the user does not say what has to be said. */
export async function recipeParams(recipe: RecipeInfo, all: string): Promise<RecipeRunParams | undefined> {
  const { target, rest: said } = recipe.needsTarget ? parted(all) : { target: null, rest: all };
  const given = new Map<string, string>();
  for (const parameter of recipe.parameters ?? []) {
    const isKnown = parameter.default !== undefined && parameter.default !== null;
    if (isKnown || (parameter.name === INSTRUCTION && said !== "")) continue;
    const value = await askFor(recipe, parameter);
    if (value === undefined) return undefined;
    given.set(parameter.name, value);
  }
  const instruction = said || given.get(INSTRUCTION) || null;
  given.delete(INSTRUCTION);
  return {
    recipe: recipe.name,
    selection: recipe.needsTarget && target === null ? currentSelection() : null,
    target,
    instruction,
    parameters: given.size > 0 ? Object.fromEntries(given) : null,
  };
}

async function askFor(recipe: RecipeInfo, parameter: RecipeParameter): Promise<string | undefined> {
  const title = `/${recipe.name}: ${parameter.description || parameter.name}`;
  if (parameter.choices?.length) return vscode.window.showQuickPick([...parameter.choices], { title });
  return (await vscode.window.showInputBox({ title }))?.trim() || undefined;
}

/** The editor of a file that was in front last; a chat's page and documents that are made here come in front of it. */
let last: vscode.TextEditor | undefined;

/** Follow which file is in front. */
export function followEditors(): vscode.Disposable {
  const follow = (editor: vscode.TextEditor | undefined): void => {
    if (editor && isFile(editor)) last = editor;
  };
  follow(vscode.window.activeTextEditor);
  return vscode.window.onDidChangeActiveTextEditor(follow);
}

/** What is selected in the file that is in front, or was last; null if nothing that the server knows is open. */
export function currentSelection(): Selection | null {
  const active = vscode.window.activeTextEditor;
  const editor = active && isFile(active) ? active : last;
  if (editor === undefined || editor.document.isClosed) return null;
  const { start, end } = editor.selection;
  return {
    uri: editor.document.uri.toString(),
    range: {
      start: { line: start.line, character: start.character },
      end: { line: end.line, character: end.character },
    },
  };
}

function isFile({ document }: vscode.TextEditor): boolean {
  return ["file", "untitled"].includes(document.uri.scheme);
}
