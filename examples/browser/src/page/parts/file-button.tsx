import type { ComponentChildren } from 'preact';

interface Props {
  children: ComponentChildren;
  /** What the browser offers, as `accept` of an input. */
  accept?: string;
  /** A whole folder, with the folders in it. */
  folder?: boolean;
  multiple?: boolean;
  primary?: boolean;
  disabled?: boolean;
  onFiles(files: File[]): void;
}

/** A button that asks for files. */
export function FileButton(props: Props) {
  const { children, accept, folder = false, multiple = true, primary, disabled, onFiles } = props;
  const chosen = ({ currentTarget: input }: { currentTarget: HTMLInputElement }) => {
    const files = [...(input.files ?? [])];
    input.value = ''; // so that choosing the same files again is a change
    if (files.length > 0) onFiles(files);
  };
  return (
    <label class={`button file-button${primary ? ' primary' : ''}`}>
      {children}
      <input
        type="file"
        accept={accept}
        multiple={multiple}
        ref={(input) => {
          if (input) input.webkitdirectory = folder;
        }}
        disabled={disabled}
        onChange={chosen}
      />
    </label>
  );
}
