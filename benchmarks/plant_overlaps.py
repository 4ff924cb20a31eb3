"""Plants pictures that share part of a field with a real cell, to measure what the audit misses.

A planted picture is a real cell, shifted, turned, mirrored, rescaled, recoloured and recompressed;
what comes into the frame thereby is taken from another real cell that the set does not hold. Both
frames are full, as two crops of one field are, and the shared part is known.

    export HEMOSCOPE_PBC=…
    python benchmarks/plant_overlaps.py plant OUT --seed 1
    hemoscope audit OUT/manifest.csv --out OUT/audit
    python benchmarks/plant_overlaps.py score OUT --real AUDIT_OF_PBC/pairs.csv
"""

import argparse
import io
import os
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from PIL import Image
from statsmodels.stats.proportion import proportion_confint

KINDS = ("shift", "turn", "recolour", "recompress", "rescale", "mirror", "all")
SHARES = ((0.1, 1 / 3), (1 / 3, 1 / 2), (1 / 2, 3 / 4), (3 / 4, 1.0))
ASKED = 1 / 3  # the least share that the audit is meant to find


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


def plant_all(root: Path, out: Path, pairs: int, seed: int) -> None:
    """Writes the planted pictures, `planted.csv` and the manifest of all cells but the donors."""
    rng = np.random.default_rng(seed)
    cells = pd.read_csv(root / "manifest.csv")
    order = rng.permutation(len(cells))
    needed = pairs * len(KINDS)
    donors, hosts = order[:needed], order[needed : 2 * needed]
    (out / "planted").mkdir(parents=True, exist_ok=True)
    rows = []
    for number, (host, donor) in enumerate(zip(hosts, donors, strict=True)):
        kind = KINDS[number % len(KINDS)]
        paths = {"host": str(cells["path"].iloc[host]), "donor": str(cells["path"].iloc[donor])}
        pictures = (read(root, path) for path in paths.values())
        data, share, matrix = plant(rng, *pictures, kind)
        name = f"planted/{number:05d}.jpg"
        (out / name).write_bytes(data)
        placed = " ".join(f"{v:.5f}" for v in matrix.ravel())
        rows.append({"path": name, **paths, "kind": kind, "share": share, "matrix": placed})
    planted = pd.DataFrame(rows)
    planted.to_csv(out / "planted.csv", index=False)
    kept = cells.drop(index=donors)[["path", "label"]]
    label = cells.set_index("path")["label"].reindex(planted["host"]).to_numpy()
    own = planted[["path"]].assign(label=label)
    pd.concat([kept, own]).to_csv(out / "manifest.csv", index=False)
    images = out / "images"
    if not images.exists():
        images.symlink_to(root.resolve() / "images")


def relations(pairs: pd.DataFrame) -> set[frozenset[str]]:
    """The pairs of `pairs.csv`, in no order."""
    return {frozenset(ends) for ends in zip(pairs["path_1"], pairs["path_2"], strict=True)}


def recall(planted: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Found and planted in each part, with the 95 % interval of Wilson."""
    counts = planted.groupby(by, observed=True)["found"].agg(found="sum", n="count").reset_index()
    low, high = proportion_confint(counts["found"], counts["n"], method="wilson")
    return counts.assign(recall=counts["found"] / counts["n"], low=low, high=high)


def unexplained(
    planted: pd.DataFrame, found: set[frozenset[str]], real: set[frozenset[str]]
) -> list[list[str]]:
    """Pairs with a planted picture that neither planting nor a real twin accounts for.

    A planted picture shows its host and its donor; so it rightly pairs with the twins of both.
    """
    shows = {row.path: {row.host, row.donor} for row in planted.itertuples()}
    wrong = []
    for pair in sorted(found, key=sorted):
        a, b = (shows.get(path, {path}) for path in pair)
        same = any(x == y or frozenset((x, y)) in real for x in a for y in b)
        if not same and not shows.keys().isdisjoint(pair):
            wrong.append(sorted(pair))
    return wrong


def score(out: Path, real: Path | None) -> None:
    """Prints recall by kind and by share, and writes `scored.csv`, one row a planted picture."""
    planted = pd.read_csv(out / "planted.csv")
    found = relations(pd.read_csv(out / "audit" / "pairs.csv"))
    ends = zip(planted["path"], planted["host"], strict=True)
    planted["found"] = [frozenset(pair) in found for pair in ends]
    edges = [low for low, _ in SHARES] + [1.0]
    planted["band"] = pd.cut(planted["share"], edges, right=False).astype(str)
    planted.drop(columns="matrix").to_csv(out / "scored.csv", index=False, float_format="%.4f")
    asked = planted[planted["share"] >= ASKED].assign(kinds="every")
    for part, by in ((planted, ["band"]), (asked, ["kind"]), (asked, ["kinds"])):
        print(recall(part, by).round(3).to_string(index=False), end="\n\n")
    known = set() if real is None else relations(pd.read_csv(real))
    print("not accounted for:", unexplained(planted, found, known))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=("plant", "score"))
    parser.add_argument("out", type=Path)
    parser.add_argument("--pairs", type=int, default=150, help="of each kind")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--real", type=Path, help="pairs.csv of the audit of the set itself")
    arguments = parser.parse_args()
    if arguments.step == "score":
        score(arguments.out, arguments.real)
    else:
        root = Path(os.environ["HEMOSCOPE_PBC"])
        plant_all(root, arguments.out, arguments.pairs, arguments.seed)


if __name__ == "__main__":
    main()
