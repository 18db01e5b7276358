"""`frontdesk hotel export, diff, apply` as an operator runs them, with a second hotel there."""

from pathlib import Path

import pytest

from frontdesk.cli_configuration import apply_file, read_file
from frontdesk.kit.db import open_database
from frontdesk.kit.settings import Settings
from frontdesk.tenancy.models import Hotel
from tests.commanding import frontdesk
from tests.conftest import new_hotel
from tests.factories import all_of


async def test_a_hotel_goes_to_a_file_and_back(apart: Settings, tmp_path: Path) -> None:
    db = open_database(apart)
    mine, other = [await new_hotel(db) for _ in range(2)]
    (was,), (untouched,) = await all_of(db, mine, Hotel), await all_of(db, other, Hotel)
    file = tmp_path / "hotel.yaml"
    code, said = await _hotel(apart, was.slug, "export")
    assert (code, was.name in said) == (0, True)
    file.write_text(said.replace(was.name, "The Changed House"), encoding="utf-16")

    code, said = await _hotel(apart, was.slug, "diff", file)
    assert (code, "The Changed House" in said, "1 changes" in said) == (0, True, True), said
    assert (await all_of(db, mine, Hotel))[0].name == was.name
    assert (await _hotel(apart, was.slug, "apply", file))[0] == 0
    assert (await all_of(db, mine, Hotel))[0].name == "The Changed House"
    assert "nothing to change" in (await _hotel(apart, was.slug, "apply", file))[1]
    assert (await all_of(db, other, Hotel))[0].name == untouched.name

    file.write_text("hotel: {name: Lost, pigeons: 3}\n")
    assert (await _hotel(apart, was.slug, "apply", file))[0] == 1
    file.write_text("hotel: {}\nhotel: {}\n")
    assert (await _hotel(apart, was.slug, "apply", file))[0] == 1
    assert (await _hotel(apart, "no-such-hotel", "export"))[0] != 0
    assert (await all_of(db, mine, Hotel))[0].name == "The Changed House"
    await db.close()


async def test_a_refusal_names_the_entry_and_what_is_no_text_is_told(
    apart: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    db = open_database(apart)
    (was,) = await all_of(db, await new_hotel(db), Hotel)
    await db.close()
    file = tmp_path / "hotel.yaml"
    file.write_text("roles: [{name: admin, scopes: [hotel:read]}]", encoding="utf-8-sig")
    assert await apply_file(apart, was.slug, file, read_file(file), dry_run=False) == 1
    assert f"{file}: roles/admin: There is a role" in capsys.readouterr().err
    file.write_text("""
        room_types: [{code: DBL, name: Double, max_adults: 2, max_guests: 2, base_price: 9000}]
        photos: [{room_type: DBL, url: 'https://127.0.0.1/double.jpg'}]
    """)
    assert await apply_file(apart, was.slug, file, read_file(file), dry_run=True) == 1
    assert f"{file}: photos[0].url: " in capsys.readouterr().err
    here = apart.model_copy(update={"allow_private_urls": True})
    assert await apply_file(here, was.slug, file, read_file(file), dry_run=True) == 0
    file.write_bytes(b"hotel: \xff")
    with pytest.raises(SystemExit, match="UTF-8"):
        read_file(file)


async def _hotel(settings: Settings, slug: str, verb: str, *file: Path) -> tuple[int, str]:
    return await frontdesk(settings, "hotel", verb, "--hotel", slug, *map(str, file))
