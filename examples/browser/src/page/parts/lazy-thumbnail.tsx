import { useEffect, useRef, useState } from 'preact/hooks';
import { engine } from '../engine.ts';
import { BlobImage } from './blob-image.tsx';
import './lazy-thumbnail.css';

interface Props {
  dataset: string;
  path: string;
  alt: string;
}

/** A picture of a data set, asked for when it comes into view. */
export function LazyThumbnail({ dataset, path, alt }: Props) {
  const place = useRef<HTMLSpanElement>(null);
  const [blob, setBlob] = useState<Blob | 'missing'>();
  useEffect(() => {
    let gone = false;
    setBlob(undefined);
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (!entry?.isIntersecting) return;
        observer.disconnect();
        engine.thumbnail(dataset, path).then(
          (thumbnail) => gone || setBlob(thumbnail),
          () => gone || setBlob('missing'),
        );
      },
      { rootMargin: '200px' },
    );
    if (place.current) observer.observe(place.current);
    return () => {
      gone = true;
      observer.disconnect();
    };
  }, [dataset, path]);
  return (
    <span ref={place} class="thumbnail">
      {blob === 'missing' && <span class="small soft">not there any more</span>}
      {blob instanceof Blob && <BlobImage blob={blob} alt={alt} />}
    </span>
  );
}
