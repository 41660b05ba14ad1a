import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { cn } from "@/lib/class-names";

import { controlClasses } from "./ui/field";

const PAUSE_MS = 250;

interface SearchFieldProps {
  label: string;
  value: string;
  /** Called when somebody has stopped typing for a moment. */
  onChange: (value: string) => void;
  className?: string;
}

/** A text to look for. */
export function SearchField({ label, value, onChange, className }: SearchFieldProps) {
  const [typed, setTyped] = useState(value);
  const [told, setTold] = useState(value);
  const [seen, setSeen] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  // The address changed by itself: somebody went back, or cleared all filters. What was told comes back trimmed.
  if (seen !== value) {
    setSeen(value);
    if (told.trim() !== value.trim()) {
      setTold(value);
      setTyped(value);
    }
  }
  useEffect(() => () => clearTimeout(timer.current), []);

  return (
    <div className={cn("relative", className)}>
      <Search aria-hidden className="absolute top-2.5 left-3 size-4 text-muted-foreground" />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => {
            setTold(target.value);
            onChange(target.value);
          }, PAUSE_MS);
        }}
        className={cn(controlClasses, "h-9 pl-9")}
      />
    </div>
  );
}
