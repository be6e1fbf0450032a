import pytest

from aftersales.lib.csv_rows import LONGEST_LINE_BYTES, Row, read_rows


@pytest.fixture
def rows(tmp_path):
    def read(content: bytes, needed=("code", "name")):
        path = tmp_path / "list.csv"
        path.write_bytes(content)
        return list(read_rows(path, needed=needed))

    return read


def row(line, code, name, **more):
    return Row(line, {"code": code, "name": name, **more})


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["lf", "crlf"])
def test_reads_utf8_with_its_line_numbers(rows, mark, end):
    lines = ["Code, Name,extra", '1," 王,集 ",x', "", "2,陈楼"]

    read = rows(mark + end.join(line.encode() for line in lines))

    assert read == [row(2, "1", "王,集", extra="x"), row(4, "2", "陈楼", extra="")]


def test_bad_lines_are_told_and_the_others_read(rows):
    too_long = b"9," + b"x" * LONGEST_LINE_BYTES
    content = b"\n".join(
        [
            b"code,name",
            b"1,a",
            b"2,\xff\xfe",
            b'3,"open',
            b"4,d,e",
            b"5,e,,",
            too_long,
            "6,六".encode(),
            "7,七".encode(),
        ]
    )

    assert rows(content) == [
        row(2, "1", "a"),
        Row(3, fault="not_utf8"),
        Row(4, fault="broken_quotes"),
        Row(5, fault="more_cells"),
        row(6, "5", "e"),
        Row(7, fault="line_too_long"),
        row(8, "6", "六"),
        row(9, "7", "七"),
    ]


def test_a_file_in_another_encoding_is_refused_as_a_whole(rows):
    """联通 in GBK happens to be valid UTF-8: line by line it would come in as something else."""
    content = "code,name\n1,王集镇\n2,联通\n3,陈楼村\n".encode("gbk")

    assert rows(content) == [Row(2, fault="file_not_utf8")]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", Row(1, fault="no_heading")),
        (b"\n\n", Row(1, fault="no_heading")),
        (b"code,title\n1,a\n", Row(1, fault="missing_columns")),
    ],
    ids=["empty", "blank", "other columns"],
)
def test_a_file_without_the_columns_has_no_rows(rows, content, fault):
    assert rows(content) == [fault]
