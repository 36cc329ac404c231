import type { DatasetName } from '../loaders/datasets.ts';
import type { RemoteFile } from './fetch-file.ts';

/** A tar archive, gzipped or not, and the MD5 that it is published with. */
export type Archive = Required<Pick<RemoteFile, 'url' | 'md5'>>;

/** Where a data set comes from: its archives, or where there are none to fetch, what to do instead. */
export type Source =
  | {
      /** All are unpacked into one folder, in this order. */
      archives: readonly Archive[];
    }
  | {
      /** Sentences for people. */
      advice: string;
    };

const DOGS = 'http://vision.stanford.edu/aditya86/ImageNetDogs';

/** The sources of the data sets by name; unpacked, the archives are the layout that the loader reads. */
export const SOURCES: Readonly<Record<DatasetName, Source>> = {
  cub: {
    archives: [
      {
        url: 'https://data.caltech.edu/records/65de6-vp158/files/CUB_200_2011.tgz',
        md5: '97eceeb196236b17998738112f37df78',
      },
    ],
  },
  aircraft: {
    archives: [
      {
        url: 'https://www.robots.ox.ac.uk/~vgg/data/fgvc-aircraft/archives/fgvc-aircraft-2013b.tar.gz',
        md5: 'd4acdd33327262359767eeaa97a4f732',
      },
    ],
  },
  dogs: {
    archives: [
      { url: `${DOGS}/lists.tar`, md5: 'edbb9f16854ec66506b5f09b583e0656' },
      { url: `${DOGS}/annotation.tar`, md5: '4298cc0031f6bc6e74612ac83b5988e2' },
      { url: `${DOGS}/images.tar`, md5: '1bb1f2a596ae7057f99d7d75860002ef' },
    ],
  },
  cars: {
    advice: `Stanford Cars cannot be fetched: its own address is gone, and the copies that are left want an account.
Look for "Stanford Cars" on Kaggle, or in the thread github.com/pytorch/vision/issues/7545, and put its
files into one folder, in one of these two layouts:

  car_ims/000001.jpg …      cars_annos.mat

  cars_train/00001.jpg …    devkit/cars_meta.mat, devkit/cars_train_annos.mat
  cars_test/00001.jpg …     cars_test_annos_withlabels.mat   (cars_test_annos.mat alone lacks the classes)

Some copies have cars_train/cars_train/…: move the inner folder up.`,
  },
  'cub-hard': {
    advice: 'There is nothing to fetch: it is drawn on the first run.',
  },
  folder: {
    advice: 'There is nothing to fetch for a folder of your own.',
  },
};
