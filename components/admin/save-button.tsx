import { Download } from "lucide-react";
import { ICON_BUTTON } from "../ui/classes";

interface SaveButtonProps {
  readonly label: string;
  readonly onSave: () => void;
}

/** The button that saves something as a file. */
export function SaveButton({ label, onSave }: SaveButtonProps) {
  return (
    <button
      type="button"
      className={`${ICON_BUTTON} border border-line-strong`}
      aria-label={label}
      title={label}
      onClick={onSave}
    >
      <Download className="size-4" aria-hidden />
    </button>
  );
}
