import { useEffect, useState } from 'preact/hooks';

interface Props {
  blob: Blob;
  alt: string;
  class?: string;
}

/** A picture of bytes; its address is given back when it is not shown any more. */
export function BlobImage({ blob, alt, class: className }: Props) {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(blob);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return <img src={address} alt={alt} class={className} decoding="async" />;
}
