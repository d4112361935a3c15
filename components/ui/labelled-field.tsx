import { clsx } from "clsx";
import { useId, type ComponentProps } from "react";
import { FIELD } from "./classes";
import { FormProblem } from "./form-problem";

interface LabelledFieldProps extends ComponentProps<"input"> {
  readonly label: string;
  /** What is wrong with the text; null if nothing is. */
  readonly problem: string | null;
  /** Whether only screen readers get the label. */
  readonly hideLabel?: boolean;
  /** The button beside the field. */
  readonly children?: React.ReactNode;
}

/** A text field with its label and its error. */
export function LabelledField({ label, problem, hideLabel = false, children, ...input }: LabelledFieldProps) {
  const id = useId();
  return (
    <div className="grid min-w-0 gap-1.5">
      <label htmlFor={id} className={clsx("text-[13px] font-medium", hideLabel && "sr-only")}>
        {label}
      </label>
      <div className="flex items-center gap-2">
        <input
          id={id}
          className={FIELD}
          aria-invalid={problem !== null}
          aria-describedby={`${id}-problem`}
          {...input}
        />
        {children}
      </div>
      <FormProblem id={`${id}-problem`} problem={problem} />
    </div>
  );
}
