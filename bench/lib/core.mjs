/**
 * @param {number} count
 * @param {number} [now]
 * @returns {any[]} members' views: one in ten offline, one in five away, one in three with a picture
 */
export function makeViews(count, now = Date.now()) {
  return Array.from({ length: count }, (_, index) => {
    const status = index % 10 === 0 ? "offline" : index % 5 === 0 ? "away" : "online";
    return {
      id: `u${String(index).padStart(5, "0")}`,
      name: `Person ${String(index).padStart(5, "0")}`,
      picture: index % 3 === 0 ? `https://pictures.example/${index}.png` : null,
      status,
      sinceAt: now - index * 997,
      lastSeenAt: status === "offline" ? now - index * 991 : null,
      message: null,
      dnd: false,
    };
  });
}

/**
 * @param {() => unknown} work
 * @param {number} [forMs]
 * @returns {number} microseconds per call in the best of several batches: others use the machine, too
 */
export function timeOf(work, forMs = 400) {
  work();
  /** @type {number[]} */
  const samples = [];
  const until = performance.now() + forMs;
  while (performance.now() < until || samples.length < 5) {
    const from = performance.now();
    let calls = 0;
    do {
      work();
      calls += 1;
    } while (performance.now() - from < 10);
    samples.push(((performance.now() - from) * 1_000) / calls);
  }
  return Math.min(...samples);
}
