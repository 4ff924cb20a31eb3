"""What a user would write to name a folder of cells: plain_classify.py FOLDER OUT.csv [WORKERS].

timm's InceptionV3, Pillow, torch in float32, batches of 32, a CSV at the end; WORKERS processes
decode (0: the loop itself does). The weights are random: they make no difference to the time.
"""

import csv
import sys
from pathlib import Path

import numpy as np
import timm
import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

CLASSES, SIDE, BATCH = 8, 224, 32


class Cells(Dataset[tuple[Tensor, str]]):
    def __init__(self, folder: Path) -> None:
        self.paths = sorted(folder.glob("*.jpg"))

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> tuple[Tensor, str]:
        path = self.paths[index]
        image = Image.open(path).convert("RGB").resize((SIDE, SIDE), Image.Resampling.BILINEAR)
        pixels = np.asarray(image, np.float32) / 255
        return torch.from_numpy(pixels).permute(2, 0, 1), str(path)


def main() -> None:
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    workers = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    model = timm.create_model("inception_v3", num_classes=CLASSES, aux_logits=False).eval()
    with out.open("w", newline="") as stream, torch.inference_mode():
        rows = csv.writer(stream)
        rows.writerow(("path", "class", "probability"))
        for images, paths in DataLoader(Cells(folder), BATCH, num_workers=workers):
            best = model(images).softmax(dim=1).max(dim=1)
            rows.writerows(zip(paths, best.indices.tolist(), best.values.tolist(), strict=True))


if __name__ == "__main__":
    main()
