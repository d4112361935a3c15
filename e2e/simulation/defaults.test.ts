import { test } from "vitest";
import { DEFAULT_TIMINGS } from "../../core/shared/timings";
import { MUST_OCCUR } from "./must-occur";
import { simulate, TIMEOUT_MS } from "./simulate";

test(
  "[ST1] [ST6] [CN2] [CN3] [HB2] [HB5] [HB6] [GR1] [GR2] [GR3] [SY2] [SY4] [SY6] [DB2] with the defaults the rules hold in every world",
  () => simulate("defaults", DEFAULT_TIMINGS, MUST_OCCUR),
  TIMEOUT_MS,
);
