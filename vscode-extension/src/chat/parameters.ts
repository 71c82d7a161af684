/** What a recipe works on and with: what is selected, what stands behind its name, and what the user is asked for. */

import * as vscode from "vscode";

import type { RecipeInfo, RecipeParameter, RecipeRunParams, Selection } from "../protocol";

const INSTRUCTION = "instruction";

/** Make the parameters of a run; undefined if the user does not say what has to be said. */
export async function recipeParams(recipe: RecipeInfo, said: string): Promise<RecipeRunParams | undefined> {
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
    selection: recipe.needsTarget ? currentSelection() : null,
    instruction,
    parameters: given.size > 0 ? Object.fromEntries(given) : null,
  };
}

async function askFor(recipe: RecipeInfo, parameter: RecipeParameter): Promise<string | undefined> {
  const title = `/${recipe.name}: ${parameter.description || parameter.name}`;
  if (parameter.choices?.length) return vscode.window.showQuickPick([...parameter.choices], { title });
  return (await vscode.window.showInputBox({ title }))?.trim() || undefined;
}

/** What is selected in the editor; null if nothing that the server knows is open. */
export function currentSelection(): Selection | null {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined || !["file", "untitled"].includes(editor.document.uri.scheme)) return null;
  const { start, end } = editor.selection;
  return {
    uri: editor.document.uri.toString(),
    range: {
      start: { line: start.line, character: start.character },
      end: { line: end.line, character: end.character },
    },
  };
}
