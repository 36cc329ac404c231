"""Pictures per second of torchvision's transforms with PIL and two workers, printed.

Usage: torchvision_loader.py FOLDER | --version
"""
import os
import re
import sys
import time

import torch
from PIL import Image
from torch import library
from torch.utils.data import DataLoader, Dataset

PASSES = 3


def import_transforms():
    """torchvision.transforms, also where its compiled operators, which loading does not need, belong to
    another torch: they are declared then, without a body."""
    operators = library.Library("torchvision", "DEF")
    while True:
        try:
            from torchvision import transforms

            return transforms
        except RuntimeError as error:
            missing = re.search(r"operator torchvision::(\w+) does not exist", str(error))
            if not missing:
                raise
            operators.define(f"{missing[1]}() -> ()")
            for name in [name for name in sys.modules if name.startswith("torchvision")]:
                del sys.modules[name]


transforms = import_transforms()


class Photographs(Dataset):
    """As the published training reads its pictures."""

    def __init__(self, folder):
        self.files = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
        self.transform = transforms.Compose(
            [
                transforms.Resize((550, 550)),
                transforms.RandomCrop(448, padding=8),
                transforms.RandomHorizontalFlip(),
                transforms.ToTensor(),
                transforms.Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
            ]
        )

    def __len__(self):
        return PASSES * len(self.files)

    def __getitem__(self, index):
        picture = Image.open(self.files[index % len(self.files)]).convert("RGB")
        return self.transform(picture)


def main():
    if sys.argv[1] == "--version":
        import PIL
        import torchvision

        print(f"torchvision {torchvision.__version__}, Pillow {PIL.__version__}")
        return
    loader = DataLoader(Photographs(sys.argv[1]), batch_size=20, shuffle=True, num_workers=2)
    start, pictures = None, 0
    for batch in loader:
        if start is None:  # the first batch starts the workers
            start = time.perf_counter()
        else:
            pictures += len(batch)
    print(pictures / (time.perf_counter() - start))


if __name__ == "__main__":
    main()
