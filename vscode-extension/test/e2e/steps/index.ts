/** All steps, in the order of a session. */

import { axe, keyboard } from "./access";
import { activation } from "./activation";
import { indexAnswers, model, stop } from "./answers";
import { apply, edit } from "./changes";
import { ghost } from "./completion";
import { copies } from "./copies";
import { themes } from "./looks";
import { search } from "./search";
import { crash, indexing } from "./server";
import type { Step } from "./step";

export const steps: readonly Step[] = [
  indexing,
  activation,
  ghost,
  indexAnswers,
  search,
  model,
  apply,
  edit,
  stop,
  copies,
  crash,
  keyboard,
  axe,
  themes,
];
