import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";

import { REFERENCE, renderReference } from "./page.mjs";
import { readPublicNames, type PublicName } from "./public-names.mjs";

let names: PublicName[];

beforeAll(async () => {
  names = await readPublicNames();
});

test("the reference is up to date: run `npm run docs:reference`", async () => {
  expect(await readFile(REFERENCE, "utf8")).toBe(await renderReference());
});

describe("the kit's public names", () => {
  test("each has a docstring", () => {
    expect(names.filter(({ doc }) => doc === "").map(({ name, file }) => `${name} in ${file}`)).toEqual([]);
  });

  test("each stands in the reference once", async () => {
    const headings = (await readFile(REFERENCE, "utf8")).match(/^### .+$/gm) ?? [];
    expect(headings.toSorted()).toEqual(names.map(({ name }) => `### ${name}`).toSorted());
    expect(names.length).toBeGreaterThan(40);
  });

  test("none has a type that an app cannot name", () => {
    const known = new Set(names.map(({ name }) => name));
    const unknown = names.flatMap(({ name, needs }) =>
      needs.filter((need) => !known.has(need)).map((need) => `${name} needs ${need}`),
    );
    expect(unknown).toEqual([]);
  });

  test("no function shows its destructured parameters", () => {
    const { signature } = names.find(({ name }) => name === "AvatarStack") ?? { signature: "" };
    expect(signature).toBe("function AvatarStack(props: AvatarStackProps)");
  });
});
