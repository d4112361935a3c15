/** The shape of a list that is still on its way. */
export function UserListSkeleton() {
  return (
    <div role="status" className="grid gap-3">
      <span className="sr-only">Loading who is here</span>
      <span className="h-5 w-28 animate-breathe rounded bg-line" />
      {["w-40", "w-28", "w-36", "w-32"].map((width) => (
        <span key={width} className="flex h-9 animate-breathe items-center gap-3">
          <span className="size-7 rounded-full bg-line" />
          <span className={`h-3.5 rounded bg-line ${width}`} />
        </span>
      ))}
    </div>
  );
}
