"""Plants pictures that share part of a field with a real cell, to measure what the audit misses.

A planted picture is a real cell, shifted, turned, mirrored, rescaled, recoloured and recompressed;
what comes into the frame thereby is taken from another real cell that the set does not hold. Both
frames are full, as two crops of one field are, and the shared part is known.

    HEMOSCOPE_PBC=… python benchmarks/plant_overlaps.py OUT --kind shift --pairs 300
"""

import argparse
import io
import os
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from PIL import Image

KINDS = ("shift", "turn", "recolour", "recompress", "rescale", "mirror", "all")
SHARES = ((1 / 3, 1 / 2), (1 / 2, 3 / 4), (3 / 4, 1.0))


def read(root: Path, path: str) -> np.ndarray:
    return np.asarray(Image.open(root / path).convert("RGB"))


def similarity(rng: np.random.Generator, kind: str, size: int) -> np.ndarray:
    """(2, 3) a random placement of the kind asked for; the shift is 5 to 200 pixels."""
    every = kind == "all"
    angle = rng.uniform(0, 2 * np.pi) if every or kind == "turn" else 0.0
    scale = np.exp(rng.uniform(np.log(0.75), np.log(1.33))) if every or kind == "rescale" else 1.0
    flip = -1.0 if kind == "mirror" or (every and rng.random() < 0.5) else 1.0
    length, direction = rng.uniform(5, 200), rng.uniform(0, 2 * np.pi)
    shift = length * np.array([np.cos(direction), np.sin(direction)])
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = scale * turn @ np.diag([flip, 1.0])
    centre = np.array([size / 2, size / 2])
    return np.column_stack([linear, centre + shift - linear @ centre])


def recolour(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    gain, offset = rng.uniform(0.8, 1.2, 3), rng.uniform(-15, 15, 3)
    gamma = rng.uniform(0.8, 1.25)
    changed = 255 * (image / 255.0) ** gamma * gain + offset
    return np.clip(changed, 0, 255).round().astype(np.uint8)


def plant(rng: np.random.Generator, image: np.ndarray, donor: np.ndarray, kind: str):
    """A planted picture as bytes, and which share of its frame the original covers."""
    size = len(image)
    low, high = SHARES[rng.integers(len(SHARES))]
    for _ in range(10_000):
        matrix = similarity(rng, kind, size)
        inside = cv2.warpAffine(np.ones((size, size), np.uint8), matrix, (size, size))
        # Of either frame: a reduced picture lies wholly inside the other and yet is all of itself.
        scale = abs(np.linalg.det(matrix[:, :2]))
        share = float(min(inside.mean(), inside.mean() / scale))
        if low <= share < high:
            break
    warped = cv2.warpAffine(image, matrix, (size, size), flags=cv2.INTER_CUBIC)
    inside = cv2.warpAffine(
        np.ones((size, size), np.uint8), matrix, (size, size), flags=cv2.INTER_NEAREST
    )
    made = np.where(inside[..., None] > 0, warped, donor)
    if kind in ("recolour", "all"):
        made = recolour(rng, made)
    quality = int(rng.integers(40, 91)) if kind in ("recompress", "all") else 92
    stream = io.BytesIO()
    Image.fromarray(made).save(stream, "JPEG", quality=quality)
    return stream.getvalue(), share, matrix


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--pairs", type=int, default=150, help="of each kind")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    root = Path(os.environ["HEMOSCOPE_PBC"])
    rng = np.random.default_rng(arguments.seed)
    cells = pd.read_csv(root / "manifest.csv")
    # Donors may have twins in the set; with those the planted picture truly shares a field.
    order = rng.permutation(len(cells))
    needed = arguments.pairs * len(KINDS)
    donors, hosts = order[:needed], order[needed : 2 * needed]
    arguments.out.mkdir(parents=True, exist_ok=True)
    rows = []
    for number, (host, donor) in enumerate(zip(hosts, donors, strict=True)):
        kind = KINDS[number % len(KINDS)]
        original, filler = (read(root, str(cells["path"].iloc[i])) for i in (host, donor))
        data, share, matrix = plant(rng, original, filler, kind)
        name = f"planted/{number:05d}.jpg"
        file = arguments.out / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(data)
        rows.append(
            {
                "path": name,
                "host": cells["path"].iloc[host],
                "donor": cells["path"].iloc[donor],
                "kind": kind,
                "share": share,
                "matrix": " ".join(f"{v:.5f}" for v in matrix.ravel()),
            }
        )
    planted = pd.DataFrame(rows)
    planted.to_csv(arguments.out / "planted.csv", index=False)
    kept = cells.drop(index=donors)[["path", "label"]]
    own = planted[["path", "host"]].merge(kept, left_on="host", right_on="path")
    own = own[["path_x", "label"]].rename(columns={"path_x": "path"})
    pd.concat([kept, own]).to_csv(arguments.out / "manifest.csv", index=False)
    images = arguments.out / "images"
    if not images.exists():
        images.symlink_to(root.resolve() / "images")


if __name__ == "__main__":
    main()
