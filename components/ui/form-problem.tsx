import { CircleAlert } from "lucide-react";

/** A form's error, announced when it appears. Set the field's `aria-describedby` to the id. */
export function FormProblem({ id, problem }: { id: string; problem: string | null }) {
  return (
    <p id={id} role="alert" className="text-[13px]/[18px] text-danger empty:hidden">
      {problem && (
        <span className="flex items-start gap-1.5">
          <CircleAlert className="mt-0.5 size-3.5 shrink-0" aria-hidden />
          {problem}
        </span>
      )}
    </p>
  );
}
