// A Worker that decodes: answers the requests on every port that it is sent. What is kept in the browser it finds there.
import { IndexedDbPictures, servePictures } from '@fbsd/trainer/web';

const kept = IndexedDbPictures.connect();
/** @param {string} path an address, or a picture that is kept */
const find = async (path) => (path.startsWith('/') ? path : (await kept).read(path));

addEventListener('message', ({ ports }) => {
  for (const port of ports) servePictures(port, { find });
});
