import { className } from '../words/class-name.ts';
import './contrast-choice.css';

interface Props {
  one: number;
  other: number;
  names: readonly string[];
  setOne(label: number): void;
  setOther(label: number): void;
}

/** Chooses the two classes that are compared. */
export function ContrastChoice({ one, other, names, setOne, setOther }: Props) {
  return (
    <div class="contrast-choice">
      <h2 id="contrast-title">Why this one, not that one?</h2>
      <div class="contrast-selects">
        <ClassSelect label="This class" value={one} names={names} onChange={setOne} />
        <ClassSelect label="That class" value={other} names={names} onChange={setOther} />
      </div>
    </div>
  );
}

interface SelectProps {
  label: string;
  value: number;
  names: readonly string[];
  onChange(label: number): void;
}

function ClassSelect({ label, value, names, onChange }: SelectProps) {
  return (
    <label class="field">
      <span class="label">{label}</span>
      <select
        class="input"
        value={value}
        onChange={({ currentTarget }) => onChange(Number(currentTarget.value))}
      >
        {names.map((name, index) => (
          <option key={name} value={index}>
            {className(name)}
          </option>
        ))}
      </select>
    </label>
  );
}
