/** The editor's icons for kinds of definitions. Pure. */

const KNOWN = new Set([
  ...["class", "method", "function", "interface", "enum", "struct", "constant", "variable", "module"],
  ...["property", "field", "constructor", "namespace"],
]);

/** The name of the icon for a kind of definition. */
export function iconOf(kind: string): string {
  return KNOWN.has(kind) ? `symbol-${kind}` : "list-selection";
}
