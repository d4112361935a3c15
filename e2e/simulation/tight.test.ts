import { test } from "vitest";
import { MUST_OCCUR } from "./must-occur";
import { simulate, TIMEOUT_MS } from "./simulate";
import { TIGHT } from "./timings";

test(
  "[ST1] [ST2] [ST6] [CN2] [CN3] [HB2] [HB5] [HB6] [GR1] [GR2] [GR3] [SY2] [SY4] [SY6] [DB2] with tight timings the rules hold in every world",
  () => simulate("tight timings", TIGHT, MUST_OCCUR),
  TIMEOUT_MS,
);
