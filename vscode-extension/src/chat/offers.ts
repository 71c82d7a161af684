/** Which names are offered after an `@`, and in which order. Pure. */

import * as path from "node:path";

import type { Offer } from "./messages";

/** So many are offered. */
export const MOST_OFFERS = 12;

/** A symbol of the workspace. */
export interface Symbol {
  readonly name: string;
  /** What it is and where, for people. */
  readonly detail: string;
}

/** What there is to choose from. */
export interface Known {
  /** What can be named besides files, such as `@selection`. */
  readonly special: readonly Offer[];
  /** Paths of open files, relative to their folder. */
  readonly open: readonly string[];
  /** Paths of files that fit. */
  readonly files: readonly string[];
  readonly symbols: readonly Symbol[];
}

/**
 * Return what fits a beginning: what is special, open files, then files, folders and symbols, those first whose name begins
 * so.
 */
export function offersFor(prefix: string, known: Known): Offer[] {
  const wanted = prefix.toLowerCase();
  const special = known.special.filter(({ insert }) => insert.toLowerCase().startsWith(`@${wanted}`));
  const open = known.open.filter((file) => file.toLowerCase().includes(wanted)).map(fileOffer);
  const others = [
    ...known.files.map(fileOffer),
    ...foldersOf(known.files, wanted).map(folderOffer),
    ...known.symbols
      .filter(({ name }) => name.toLowerCase().includes(wanted))
      .map(({ name, detail }): Offer => ({ insert: `@${name}`, label: `@${name}`, detail })),
  ];
  const begins = ({ label }: Offer): boolean => label.replace("@", "").toLowerCase().startsWith(wanted);
  const ranked = [...others.filter(begins), ...others.filter((offer) => !begins(offer))];
  const unique = new Map([...special, ...open, ...ranked].map((offer) => [offer.insert, offer] as const));
  return [...unique.values()].slice(0, MOST_OFFERS);
}

function fileOffer(file: string): Offer {
  return { insert: `@${file}`, label: path.posix.basename(file), detail: file };
}

function folderOffer(folder: string): Offer {
  return { insert: `@${folder}/`, label: `${path.posix.basename(folder)}/`, detail: `${folder}/` };
}

/** The folders of files whose own name fits, the shortest path first. */
function foldersOf(files: readonly string[], wanted: string): string[] {
  const folders = new Set<string>();
  for (const file of files) {
    for (let folder = path.posix.dirname(file); folder !== "."; folder = path.posix.dirname(folder)) {
      const fits = wanted.includes("/")
        ? `${folder}/`.includes(wanted)
        : path.posix.basename(folder).toLowerCase().includes(wanted);
      if (fits) folders.add(folder);
    }
  }
  return [...folders].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
}
