/** The placeholder of a roster that is loading. */
export function RosterSkeleton() {
  return (
    <div role="status" className="flex-1 overflow-hidden">
      <span className="sr-only">Loading the roster</span>
      <div className="flex gap-2 px-4 py-2.5">
        {["w-16", "w-24", "w-20", "w-24"].map((width, index) => (
          <span key={index} className={`h-8 animate-breathe rounded-full bg-line ${width}`} />
        ))}
      </div>
      <div className="border-t border-line">
        {Array.from({ length: 12 }, (_, index) => (
          <span key={index} className="flex h-11 items-center gap-2.5 border-b border-line px-4">
            <span className="size-6.5 animate-breathe rounded-full bg-line" />
            <span
              className="h-3.5 animate-breathe rounded bg-line"
              style={{ width: 90 + ((index * 37) % 80) }}
            />
          </span>
        ))}
      </div>
    </div>
  );
}
