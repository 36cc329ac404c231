import './check-field.css';

interface Props {
  label: string;
  hint: string;
  value: boolean;
  onChange(value: boolean): void;
}

/** Asks for yes or no. */
export function CheckField({ label, hint, value, onChange }: Props) {
  return (
    <label class="check-field">
      <input
        type="checkbox"
        checked={value}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
      <span>
        <span class="label">{label}</span>
        <span class="small soft">{hint}</span>
      </span>
    </label>
  );
}
