import { LAPTOPS, NAMES, PHONES } from "./names.mjs";

/**
 * A person's choices.
 * @typedef {object} Choices
 * @property {{ emoji: string, text: string }} message
 * @property {"dnd"} [availability]
 */

/**
 * @typedef {object} Person
 * @property {string} id
 * @property {string} name
 * @property {string} laptop its browser's User-Agent
 * @property {string | null} phone
 * @property {string[]} rooms
 * @property {Choices | null} choices most people say nothing
 */

/** @type {readonly Choices[]} */
const CHOICES = [
  { message: { emoji: "📅", text: "In a meeting" } },
  { message: { emoji: "🏠", text: "Working from home" } },
  { message: { emoji: "🎧", text: "Focusing" }, availability: "dnd" },
  { message: { emoji: "🚆", text: "On the train, patchy network" } },
  { message: { emoji: "🐛", text: "On support this week" } },
  { message: { emoji: "🌴", text: "Back on Thursday" } },
];

/** If there are more people than names, a number distinguishes them. */
const TRIES = 20;

/**
 * Invents people. The first room has all of them, and each other room about a quarter.
 * @param {number} count
 * @param {readonly string[]} rooms
 * @param {import("./random.mjs").Random} random
 * @returns {Person[]}
 */
export function inventPeople(count, rooms, random) {
  const [everybodys = "lobby", ...others] = rooms;
  const taken = new Set();
  return Array.from({ length: count }, (_, index) => {
    let name = inventName(random);
    for (let tries = 0; taken.has(name) && tries < TRIES; tries += 1) name = inventName(random);
    if (taken.has(name)) name = `${name} ${index}`;
    taken.add(name);
    return {
      id: idOf(name),
      name,
      laptop: random.pick(LAPTOPS),
      phone: random.next() < 0.4 ? random.pick(PHONES) : null,
      rooms: [everybodys, ...others.filter(() => random.next() < 0.25)],
      choices: random.next() < 0.25 ? random.pick(CHOICES) : null,
    };
  });
}

/** @param {import("./random.mjs").Random} random */
function inventName(random) {
  const { given, family, familyFirst } = random.pick(NAMES);
  const parts = [random.pick(given), random.pick(family)];
  return (familyFirst ? parts.toReversed() : parts).join(" ");
}

/** As a company would make it of the name: `zofia-wisniewska`. @param {string} name */
function idOf(name) {
  return name
    .replace(/[łŁ]/g, "l")
    .replace(/[øØ]/g, "o")
    .replace(/[đĐ]/g, "d")
    .replace(/ı/g, "i")
    .normalize("NFD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-");
}
