/** The logo: a present and an absent person. */
export function Logo({ size = 20 }: { size?: number }) {
  return (
    <svg viewBox="0 0 26 14" height={size * 0.7} width={size * 1.3} aria-hidden className="shrink-0">
      <circle cx="7" cy="7" r="6" fill="var(--accent)" />
      <circle cx="20" cy="7" r="4.25" fill="none" stroke="var(--rollcall-offline)" strokeWidth="2.5" />
    </svg>
  );
}
