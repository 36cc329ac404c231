interface Props {
  label: string;
  hint?: string;
  value: number;
  min: number;
  max?: number;
  step?: number | 'any';
  onChange(value: number): void;
}

/** Asks for a number. */
export function NumberField({ label, hint, value, min, max, step = 1, onChange }: Props) {
  return (
    <label class="field">
      <span class="label">{label}</span>
      <input
        class="input"
        type="number"
        required
        min={min}
        max={max}
        step={step}
        value={Number.isNaN(value) ? '' : value}
        onInput={({ currentTarget }) => onChange(currentTarget.valueAsNumber)}
      />
      {hint && <span class="hint">{hint}</span>}
    </label>
  );
}
