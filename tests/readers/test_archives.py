from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import random
import struct
import tarfile
import threading
import tracemalloc
import zipfile
import zlib
from functools import partial
from pathlib import Path

import pytest
import pyzipper
from backports import zstd

from decloak.core.document import Document
from decloak.core.result import Failure
from decloak.readers import holds_many, read
from decloak.readers.base import Limits, ReadOptions
from decloak.readers.files import Input

MEMBERS = {"a.txt": b"seen 192.0.2.1\n", "b/c.log": "caf\u00e9 evil.example".encode(), "empty": b""}

COMPRESSIONS = {
    "gz": gzip.compress,
    "xz": lzma.compress,
    "bz2": partial(bz2.compress, compresslevel=1),
    "zst": lambda data: zstd.compress(
        data, options={zstd.CompressionParameter.checksum_flag: True}
    ),
    "none": bytes,
    "gz twice": lambda data: gzip.compress(gzip.compress(data)),
}


def zipped(members=None, method=zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in (MEMBERS if members is None else members).items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(members=None, form=tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name, data in (MEMBERS if members is None else members).items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


@pytest.fixture
def found(tmp_path):
    def run(data: bytes, options: ReadOptions | None = None, name: str = "input"):
        path = tmp_path / name
        path.write_bytes(data)
        made = list(read([str(path)], (), options or ReadOptions()))
        return [
            (each.id.removeprefix(str(path)), each.text if isinstance(each, Document) else each)
            for each in made
        ]

    return run


EXPECTED = [(f"/{name}", data.decode()) for name, data in MEMBERS.items()]
ARCHIVES = {
    **{f"zip {method}": zipped(method=method) for method in (0, 8, 12, 14)},
    **{f"tar {form}": tarred(form=form) for form in (0, 1, 2)},
}


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("archive", ARCHIVES)
def test_every_file_of_an_archive_is_a_document(found, archive, compression):
    data = COMPRESSIONS[compression](ARCHIVES[archive])
    assert found(data) == EXPECTED
    assert found(zipped({"in ner": data})) == [(f"/in ner{name}", text) for name, text in EXPECTED]


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_compressed_text_is_text(found, compression):
    pack = COMPRESSIONS[compression]
    assert found(pack(b"192.0.2.1\n")) == [("", "192.0.2.1\n")]
    assert found(pack(b"")) == [("", "")]
    if compression != "none":
        assert found(pack(b"one") + pack(b"two")) == [("", "onetwo")]
    assert [text for _, text in found(pack(b'{"text": "a"}\n{"text": "b"}\n'))] == ["a", "b"]


@pytest.mark.parametrize("compression", ["gz", "xz", "bz2", "zst"])
def test_truncated_data_gives_what_could_be_read_and_a_failure(found, compression):
    whole = COMPRESSIONS[compression](os.urandom(300_000).hex().encode())
    (_, text), (_, failure) = found(whole[: len(whole) * 3 // 4])
    assert len(text) > 100_000
    assert (
        f"{compression.replace('bz2', 'bzip2').replace('gz', 'gzip').replace('zst', 'zstd')} data is truncated"
        in failure.message
    )
    spoiled = bytearray(whole)
    spoiled[len(whole) // 2] ^= 0xFF
    assert "damaged" in found(bytes(spoiled))[-1][1].message


def test_compression_without_an_end_is_named(found):
    data = b"text"
    for _ in range(6):
        data = gzip.compress(data)
    [(_, failure)] = found(data)
    assert "more than 4 times over" in failure.message


@pytest.mark.parametrize("pack", [zipped, lambda members: gzip.compress(tarred(members))])
def test_an_archive_may_come_through_a_pipe(tmp_path, pack):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    feeder = threading.Thread(target=path.write_bytes, args=(pack(MEMBERS),))
    feeder.start()
    assert [each.text for each in read([str(path)])] == [text for _, text in EXPECTED]
    feeder.join()


def encrypted(password: bytes, members=None) -> bytes:
    """The classic encryption of ZIP (APPNOTE 6.1), which no library here writes."""
    data = bytearray(zipped(members, 0))
    for info in zipfile.ZipFile(io.BytesIO(data)).infolist():
        plain = bytes(11) + bytes([info.CRC >> 24]) + MEMBERS[info.filename]
        keys = [0x12345678, 0x23456789, 0x34567890]

        def update(byte: int, keys=keys) -> None:
            keys[0] = ~zlib.crc32(bytes([byte]), ~keys[0] & 0xFFFFFFFF) & 0xFFFFFFFF
            keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
            keys[2] = ~zlib.crc32(bytes([keys[1] >> 24]), ~keys[2] & 0xFFFFFFFF) & 0xFFFFFFFF

        for byte in password:
            update(byte)
        out = bytearray()
        for byte in plain:
            mask = (keys[2] & 0xFFFF) | 2
            out.append(byte ^ (((mask * (mask ^ 1)) >> 8) & 0xFF))
            update(byte)
        yield info, bytes(out)


def classic(password: bytes) -> bytes:
    out, directory = bytearray(), bytearray()
    for info, data in encrypted(password):
        place, name = len(out), info.filename.encode()
        head = struct.pack("<HHHHHIII", 20, 1, 0, 0, 33, info.CRC, len(data), info.file_size)
        lengths = struct.pack("<HH", len(name), 0)
        out += b"PK\x03\x04" + head + lengths + name + data
        directory += (
            b"PK\x01\x02\x14\0" + head + lengths + bytes(10) + struct.pack("<I", place) + name
        )
    end = struct.pack("<HHHHIIH", 0, 0, 3, 3, len(directory), len(out), 0)
    return bytes(out + directory + b"PK\x05\x06" + end)


def aes(password: bytes) -> bytes:
    out = io.BytesIO()
    with pyzipper.AESZipFile(
        out, "w", pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES
    ) as archive:
        archive.setpassword(password)
        for name, data in MEMBERS.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize("pack", [classic, aes])
def test_encrypted_members_are_read_with_the_password_that_fits(found, pack):
    assert found(pack(b"infected")) == EXPECTED
    secret = pack(b"s\xc3\xa9cret")
    assert found(secret, ReadOptions(passwords=("infected", "s\u00e9cret"))) == EXPECTED
    assert (
        found(zipped({"x.zip": secret}), ReadOptions(passwords=("s\u00e9cret",)))[0][1]
        == EXPECTED[0][1]
    )
    for failure in (each for _, each in found(secret) if each != ""):
        assert "encrypted, and no password" in failure.message


def test_a_damaged_member_costs_no_other_one(found):
    data = bytearray(zipped(method=0))
    data[data.index(b"192.0.2.1")] ^= 1
    (_, first), (name, failure), *rest = found(bytes(data))
    assert (first, name) == ("seen 092.0.2.1\n", "/a.txt")
    assert "damaged" in failure.message
    assert rest == EXPECTED[1:]
    assert "damaged" in found(zipped()[:-10])[0][1].message


def test_a_truncated_tar_gives_the_files_before(found):
    data = tarred({"a": b"first", "b": os.urandom(9000).hex().encode()})
    for cut in (gzip.compress(data)[:5000], data[:8000]):
        made = found(cut)
        assert made[0] == ("/a", "first")
        assert isinstance(made[-1][1], Failure)


def test_links_and_folders_hold_nothing(found):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for kind in (
            tarfile.DIRTYPE,
            tarfile.SYMTYPE,
            tarfile.LNKTYPE,
            tarfile.FIFOTYPE,
            tarfile.CHRTYPE,
        ):
            member = tarfile.TarInfo("x")
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
    assert found(out.getvalue()) == []
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    assert found(zipped({link: b"/etc/passwd", "folder/": b""})) == []


def test_names_are_kept_and_are_safe_to_encode(found):
    hostile = ["../../etc/passwd", "/abs", "a\n\x1b[31mb", "\u202etxt.exe", "c:\\x", "a" * 5000]
    assert [name[1:] for name, _ in found(zipped(dict.fromkeys(hostile, b"x")))] == hostile
    names = [name for name, _ in found(tarred({**dict.fromkeys(hostile, b"x"), "\udcff": b"x"}, 1))]
    assert [name[1:] for name in names] == [*hostile, "\\udcff"]
    "".join(names).encode()
    nameless = zipped({"a": b"x"}).replace(b"a", b"\0")
    assert found(nameless)[0][0] in {"/", "/a"}


def test_office_documents_are_no_archives(found):
    data = zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<x/>"})
    assert "Office document" in found(data)[0][1].message
    assert len(found(data, ReadOptions(reader="zip"))) == 2


@pytest.mark.parametrize("pack", [zipped, tarred, lambda members: gzip.compress(tarred(members))])
def test_limits_are_named_and_end_an_archive(found, pack):
    few = ReadOptions(limits=Limits(parts=5, unpacked=1000))
    made = found(pack({f"{n}": b"x" for n in range(50)}), few)
    assert [text for _, text in made[:5]] == ["x"] * 5
    assert "more than 5 parts, the limit" in made[5][1].message
    assert len(made) <= 7
    made = found(pack({"a": b"x", "bomb": b"0" * 10_000_000, "c": b"x"}), few)
    assert made[0] == ("/a", "x")
    assert made[1][0] == "/bomb"
    assert "longer than 1,000 bytes, the limit" in made[1][1].message
    made = found(pack({"a.gz": gzip.compress(b"0" * 10_000_000)}), few)
    assert "longer than 1,000 bytes, the limit" in made[-1][1].message
    data = b"text"
    for _ in range(4):
        data = pack({"x": data})
    assert found(data) == [("/x/x/x/x", "text")]
    [(_, failure)] = found(pack({"x": data}))
    assert "5 containers deep, the limit is 4" in failure.message


def test_ten_thousand_members_are_read(found, tmp_path):
    members = {f"{n}.txt": b"%d" % n for n in range(10_000)} | {"x": b""}
    for data in (zipped(members, 0), tarred(members)):
        made = found(data)
        assert [text for _, text in made[:10_000]] == [str(n) for n in range(10_000)]
        assert "more than 10,000 parts" in made[10_000][1].message
        assert holds_many(Input("input", str(tmp_path / "input")))


LONG = "d" * 90
FILES = {
    "files/a.txt": "seen 192.0.2.1\n",
    "files/caf\u00e9 b.log": "caf\u00e9 evil.example\n",
    f"files/{LONG}/{LONG}/c.txt": "deep 192.0.2.2\n",
    "files/empty": "",
    "files/hole": None,  # 40,000 NULs before its text: binary
}
MADE = {
    "info-zip-stream.zip": {"-": FILES["files/a.txt"]},
    "jdk.jar": {
        "META-INF/MANIFEST.MF": "Manifest-Version: 1.0\r\nCreated-By: 17.0.15 (Debian)\r\n\r\n",
        "a.txt": FILES["files/a.txt"],
        f"{LONG}/{LONG}/c.txt": FILES[f"files/{LONG}/{LONG}/c.txt"],
    },
    "v7.tar.bz2": {name: FILES[name] for name in ("files/a.txt", "files/empty")},
    "sparse-gnu.tar.gz": {"files/hole": None},
    "sparse-pax.tar.gz": {"files/hole": None},
}
GOLDEN = sorted(Path(__file__).with_name("archives").glob("*.*"))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_archives_of_real_programs(path):
    found = {
        each.id.removeprefix(f"{path}/"): getattr(each, "text", None) for each in read([str(path)])
    }
    assert found == MADE.get(path.name, FILES)


def peak(work) -> tuple[list, int]:
    tracemalloc.start()
    try:
        return work(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_bombs_cost_no_more_than_the_limits(found):
    """Memory is a small multiple of the limit, whatever the archive would come to."""
    options = ReadOptions(limits=Limits(unpacked=1 << 20))
    zeros = bytes(32 << 20)
    bombs = {
        "zip": zipped({"x": zeros}),
        "tar": gzip.compress(tarred({"x": zeros}), 1),
        "zip in gzip in zip": zipped({"x": gzip.compress(zipped({"y": zeros}), 1)}),
    }
    # A header whose value is longer than everything that is allowed between two files.
    long = tarfile.TarInfo("x")
    long.type, long.size = tarfile.XHDTYPE, 30 << 20
    bombs["header"] = gzip.compress(long.tobuf() + zeros, 1)
    folder = tarfile.TarInfo("x")
    folder.type = tarfile.DIRTYPE
    bombs["folders"] = gzip.compress(folder.tobuf() * 40_000, 1)
    bombs["sparse"] = gzip.compress(sparse(1 << 40))
    del zeros
    for name, bomb in bombs.items():
        made, most = peak(partial(found, bomb, options))
        assert most < 40 << 20, name
        assert "limit" in made[-1][1].message, name


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_what_a_member_was_made_of_is_not_kept_beside_its_text(tmp_path, pack):
    size = 20 << 20
    (tmp_path / "input").write_bytes(pack({"x": b"0123456789abcde\n" * (size >> 4)}))
    tracemalloc.start()
    try:
        document = next(read([str(tmp_path / "input")]))
        assert len(document.text) == size
        assert tracemalloc.get_traced_memory()[0] < 1.5 * size
    finally:
        tracemalloc.stop()


def sparse(size: int) -> bytes:
    """A file of so many bytes that holds none."""
    member = tarfile.TarInfo("hole")
    head = bytearray(member.tobuf(tarfile.GNU_FORMAT))
    head[156:157] = b"S"
    head[386:410] = b"%011o\0" % 0 + b"%011o\0" % 0
    head[483:495] = b"\x80" + size.to_bytes(11, "big")
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head) + bytes(1024)


def test_a_directory_of_millions_is_refused(found):
    data = zipped({"a": b"x"})
    place = data.index(b"PK\x01\x02")
    entry, end = data[place : data.index(b"PK\x05\x06")], bytearray(data[-22:])
    directory = entry * 400_000
    end[8:12] = struct.pack("<HH", 0xFFFF, 0xFFFF)
    end[12:16] = struct.pack("<I", len(directory))
    [(_, failure)] = found(data[:place] + directory + bytes(end))
    assert "directory is longer than" in failure.message


def test_flipped_bytes_are_failures_at_most(found):
    chance = random.Random(1)
    for data in (
        *ARCHIVES.values(),
        aes(b"infected"),
        *(c(b"192.0.2.1 " * 50) for c in COMPRESSIONS.values()),
    ):
        for _ in range(25):
            spoiled = bytearray(data)
            for _ in range(chance.choice((1, 3, 30))):
                spoiled[chance.randrange(len(spoiled))] = chance.choice(
                    (0, 0xFF, chance.randrange(256))
                )
            length = chance.choice((len(spoiled), chance.randrange(len(spoiled))))
            for _, made in found(bytes(spoiled[:length])):
                assert not isinstance(made, Failure) or made.error != "InternalError", made
