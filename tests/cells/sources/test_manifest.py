import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hemoscope.cells import (
    CellTable,
    CellTableError,
    SourceError,
    open_cells,
    read_cells,
    write_manifest,
)


def manifest(folder: Path, content: str | bytes) -> Path:
    file = folder / "cells.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def test_columns_are_text_and_rows_keep_their_order(tmp_path):
    text = 'path,label,fold,note\nb.png,NA,1,"one, two"\na.png,01,2,\n'
    table = open_cells(manifest(tmp_path, text))
    assert table.frame.to_dict("list") == {
        "path": ["b.png", "a.png"],
        "label": ["NA", "01"],
        "fold": ["1", "2"],
        "note": ["one, two", ""],
    }
    assert table.root == tmp_path


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbfpath,label\r\na.png,x\r\n",
        b"path;label\na.png;x\n",
        b"path,label\ra.png,x\r",
        b"path\tlabel\na.png\tx",
        b'"path","label"\n"a.png","x"\n',
        b"label,path\nx,a.png\n",
    ],
)
def test_as_excel_and_others_write_it(tmp_path, text):
    table = open_cells(manifest(tmp_path, text))
    assert table.paths.tolist() == ["a.png"]
    assert table.classes == ("x",)


def test_backslashes_stand_between_folders(tmp_path):
    assert open_cells(manifest(tmp_path, "path\nx\\a.png\n")).paths.tolist() == ["x/a.png"]


def test_blanks_around_a_value_do_not_count(tmp_path):
    text = 'path,label,note\na,monocyte ,x \nb,monocyte,y\nc,"\tgiant cell\u00a0",z\n'
    table = open_cells(manifest(tmp_path, text))
    assert table.frame["label"].tolist() == ["monocyte", "monocyte", "giant cell"]
    assert table.classes == ("giant cell", "monocyte")
    assert table.frame["note"].tolist() == ["x", "y", "z"]


def test_blanks_around_a_group_do_not_make_another_patient(tmp_path):
    table = open_cells(manifest(tmp_path, "path,group\na,p1\nb,p1 \n"))
    assert table.frame["group"].tolist() == ["p1", "p1"]


def test_blanks_around_a_split_do_not_take_cells_out_of_it(tmp_path):
    file = manifest(tmp_path, "path,split\na,train\nb,train \nc,\u00a0train\nd,test\n")
    assert open_cells(file).where("split", "train").paths.tolist() == ["a", "b", "c"]


@pytest.mark.parametrize("header", ["path, label, split", " path ,label\t,split "])
def test_blanks_around_the_name_of_a_column_do_not_count(tmp_path, header):
    table = open_cells(manifest(tmp_path, f"{header}\na, x, train\n"))
    assert table.frame.to_dict("list") == {"path": ["a"], "label": ["x"], "split": ["train"]}


def test_blanks_around_the_name_of_a_file_are_part_of_it(tmp_path):
    table = open_cells(manifest(tmp_path, "path,mask\n a.png, m.png\nb.png, \n"))
    assert table.frame.to_dict("list") == {"path": [" a.png", "b.png"], "mask": [" m.png", ""]}


def test_a_column_without_a_name_is_kept(tmp_path):
    table = open_cells(manifest(tmp_path, " ,path\n7 ,a\n"))
    assert table.frame.to_dict("list") == {"Unnamed: 0": ["7"], "path": ["a"]}


def test_a_label_of_blanks_is_none(tmp_path):
    with pytest.raises(SourceError, match=r"1 of 2 cells have no label; the first is cell 2 \(b\)"):
        open_cells(manifest(tmp_path, "path,label\na,x\nb,  \n"))


def test_selection(tmp_path):
    file = manifest(tmp_path, "path,label,fold\na,x,1\nb,x,2\nc,,3\n")
    assert open_cells(file, split_column="fold", use="2").paths.tolist() == ["b"]


def test_blanks_are_refused_where_they_are_used(tmp_path):
    file = manifest(tmp_path, "path,label,fold\na,x,1\nb,x,2\nc,,3\n")
    with pytest.raises(SourceError, match=r"1 of 3 cells have no label; the first is cell 3 \(c\)"):
        open_cells(file)


def test_columns_that_are_blank_throughout_are_not_there(tmp_path):
    table = open_cells(manifest(tmp_path, "path,label,group\na,,\nb,,\n"))
    assert (table.labels, table.groups) == (None, None)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("file,label\na.png,x\n", "no column 'path'; its first line is 'file,label'"),
        ("", "no column 'path'"),
        ("path,label\n", "has a header but no rows"),
        ("path,label\n,x\n", "1 of 1 cells have no path; the first is cell 1"),
        ("path,label\n ,x\n", "1 of 1 cells have no path; the first is cell 1"),
        ('path,label\n"a.png,x\nb.png,y\n', "cannot be read as a CSV table"),
        ("path,label\na.png,x\na.png,y\n", "'a.png' stands in the table more than once"),
        ("path,label\nEosinophil größe,x\n".encode("latin-1"), "is not UTF-8 text"),
        ("path,label\na,x\n".encode("utf-16"), "is not UTF-8 text"),
        (b"path\0\n\x01\x02", "holds binary data"),
        ("path," + 140_000 * "x" + "\na,b\n", r"\(its first line: field larger than field limit"),
        ("path,label\na," + 140_000 * "x" + "\n", r"\(line 2: field larger than field limit"),
        ("path,path\na,b\n", "the column 'path' twice"),
        ("path,split, split\na,b,c\n", r"csv has the column 'split' twice \(blanks around a name"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, content, message):
    with pytest.raises(CellTableError, match=message):
        open_cells(manifest(tmp_path, content))


def test_more_cells_than_columns_in_a_row(tmp_path):
    with pytest.raises(SourceError, match="cannot be read as a CSV table"):
        open_cells(manifest(tmp_path, "path,label\na.png,x\nb.png,x,y,z\n"))


def test_more_cells_than_columns_in_every_row(tmp_path):
    with pytest.raises(SourceError, match=r"line 2 has 3 fields, .* 2 columns\)\. Put a cell that"):
        open_cells(manifest(tmp_path, "path,label\ncell, left.png,x\ncell, right.png,y\n"))


@pytest.mark.parametrize("text", ["path,label\na,x,, \nb,y,,\n", "path,label\na,x\nb,y,\n"])
def test_blanks_after_the_last_column_do_no_harm(tmp_path, text):
    table = open_cells(manifest(tmp_path, text))
    assert table.frame.to_dict("list") == {"path": ["a", "b"], "label": ["x", "y"]}


def test_missing_images_are_failures_of_those_cells(cells, class_folders):
    file = manifest(class_folders, "path\nbasophil/BA_0.png\ngone.png\n")
    (batch,) = read_cells(open_cells(file), 8)
    assert batch.rows.tolist() == [0]
    assert [(each.path, each.cause) for each in batch.failures] == [
        ("gone.png", "there is no such file")
    ]


@pytest.mark.parametrize("where", ["cells.csv", "new/folder/cells.csv", "../cells.csv"])
def test_written_and_read_again_it_is_the_same(cells, class_folders, where):
    table = cells.with_column("split", ["train", "test"] * 3).with_column("note", ["a,\"b'"] * 6)
    written = write_manifest(table, class_folders / where, provenance={"seed": 7})
    again = open_cells((class_folders / where).resolve())
    assert again.fingerprint() == written.fingerprint()
    assert all(again.file(row).samefile(cells.file(row)) for row in range(6))
    note = json.loads(Path(f"{class_folders / where}.json").read_text())
    assert note == {"fingerprint": again.fingerprint(), "cells": 6, "seed": 7}


def test_blanks_are_gone_when_it_is_written_already(cells, class_folders):
    table = cells.with_column(" split", ["train", "test "] * 3).with_column("note", [None] * 6)
    written = write_manifest(table, class_folders / "cells.csv")
    assert written.frame["split"].tolist() == ["train", "test"] * 3
    assert open_cells(class_folders / "cells.csv").fingerprint() == written.fingerprint()
    with pytest.raises(CellTableError, match=r"cells\.csv would have the column 'split' twice"):
        write_manifest(table.with_column("split", ["train"] * 6), class_folders / "cells.csv")


def test_into_a_linked_folder_and_out_of_one(cells, class_folders, tmp_path):
    (tmp_path / "far" / "off").mkdir(parents=True)
    (tmp_path / "near").symlink_to(tmp_path / "far" / "off")
    write_manifest(cells, tmp_path / "near" / "cells.csv")
    through = open_cells(tmp_path / "near" / "cells.csv")
    assert all(through.file(row).samefile(cells.file(row)) for row in range(6))
    # A link that stands beside the manifest needs no other name.
    (tmp_path / "linked").symlink_to(class_folders)
    beside = write_manifest(open_cells(tmp_path / "linked"), tmp_path / "cells.csv")
    assert beside.paths[0] == "linked/basophil/BA_0.png"


def test_a_folder_whose_name_ends_in_a_blank_is_the_same_when_read_again(class_folders):
    (class_folders / "basophil").rename(class_folders / "basophil ")
    written = write_manifest(open_cells(class_folders), class_folders / "cells.csv")
    again = open_cells(class_folders / "cells.csv")
    assert "basophil" in again.classes
    assert again.fingerprint() == written.fingerprint()
    assert again.file(0).exists()


def test_masks_move_along(tmp_path):
    frame = pd.DataFrame({"path": ["a.png", "b.png"], "mask": ["m/a.png", ""]})
    write_manifest(CellTable(frame, tmp_path), tmp_path / "sub" / "cells.csv")
    again = open_cells(tmp_path / "sub" / "cells.csv")
    assert again.frame["mask"].tolist() == ["../m/a.png", ""]


def test_cells_of_an_array_file_have_no_manifest(tmp_path):
    arrays = {"train/0": np.zeros((2, 2), dtype=np.uint8)}
    table = CellTable(pd.DataFrame({"path": ["train/0"]}), tmp_path, arrays)
    with pytest.raises(CellTableError, match=r"array file \(.npz\), which brings its own split"):
        write_manifest(table, tmp_path / "cells.csv")


def test_a_place_that_cannot_be_written(cells, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CellTableError, match=r"cannot write .*: "):
        write_manifest(cells, tmp_path / "file" / "cells.csv")
