/** The results of a search as a tree: files, in the order of their best places; places, with why; lines. Pure. */

import type { Hit, ShownLine } from "../protocol";

/** A file in which something was found. */
export interface FileNode {
  readonly kind: "file";
  readonly uri: string;
  readonly path: string;
  readonly hits: readonly HitNode[];
}

/** A place in it. */
export interface HitNode {
  readonly kind: "hit";
  readonly hit: Hit;
  readonly file: FileNode;
  readonly lines: readonly LineNode[];
}

/** A line that decides. */
export interface LineNode {
  readonly kind: "line";
  readonly line: ShownLine;
  readonly parent: HitNode;
}

/** Anything in the tree. */
export type Node = FileNode | HitNode | LineNode;

/** Make the tree of results, which come best first; a file stands where its best place does. */
export function treeOf(hits: readonly Hit[]): FileNode[] {
  const files = new Map<string, FileNode & { hits: HitNode[] }>();
  for (const hit of hits) {
    const file = files.get(hit.uri) ?? { kind: "file", uri: hit.uri, path: hit.path, hits: [] };
    files.set(hit.uri, file);
    const lines: LineNode[] = [];
    const node: HitNode = { kind: "hit", hit, file, lines };
    lines.push(...hit.lines.map((line): LineNode => ({ kind: "line", line, parent: node })));
    file.hits.push(node);
  }
  return [...files.values()];
}

/** What lies in a node. */
export function childrenOf(node: Node): readonly Node[] {
  if (node.kind === "file") return node.hits;
  return node.kind === "hit" ? node.lines : [];
}

/** What a node lies in; undefined for a file. */
export function parentOf(node: Node): Node | undefined {
  if (node.kind === "file") return undefined;
  return node.kind === "hit" ? node.file : node.parent;
}

/** The place after or before a node, round and round; the first or the last if nothing is chosen. */
export function neighbour(
  files: readonly FileNode[],
  at: Node | undefined,
  step: 1 | -1,
): HitNode | undefined {
  const places = files.flatMap(({ hits }) => hits);
  if (at === undefined) return step > 0 ? places[0] : places.at(-1);
  if (at.kind === "file") return step > 0 ? at.hits[0] : neighbour(files, at.hits[0], -1);
  const place = places.indexOf(at.kind === "line" ? at.parent : at);
  return places[(place + step + places.length) % places.length];
}

/** A line without its indentation, and where what matches stands in it. */
export function trimmed({ text, matches }: ShownLine): { label: string; highlights: [number, number][] } {
  const shift = text.length - text.trimStart().length;
  const label = text.trim() || " ";
  const highlights = (matches ?? [])
    .map(({ start, end }): [number, number] => [
      Math.max(0, start - shift),
      Math.min(end - shift, label.length),
    ])
    .filter(([start, end]) => start < end);
  return { label, highlights };
}
