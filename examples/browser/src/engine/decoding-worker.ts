// Decodes the pictures of data sets for whoever trains, on every port that it is sent.
import { IndexedDbPictures, servePictures } from '@fbsd/trainer/web';

const connecting = IndexedDbPictures.connect();

addEventListener('message', ({ ports }) => {
  for (const port of ports) {
    servePictures(port, { find: async (path) => (await connecting).read(path) });
  }
});
