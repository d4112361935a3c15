import type { CSSProperties } from "react";

/** The placeholder of a list that is loading. */
export function UserListSkeleton() {
  return (
    <div role="status" className="rollcall-skeleton">
      <span className="rollcall-sr-only">Loading who is here</span>
      <span>
        <Bone width={112} />
      </span>
      {[160, 112, 144, 128].map((width) => (
        <span key={width}>
          <Bone width={28} />
          <Bone width={width} />
        </span>
      ))}
    </div>
  );
}

function Bone({ width }: { width: number }) {
  return <i style={{ "--rollcall-bone": `${width}px` } as CSSProperties} />;
}
