from aftersales.lib.tally import Tally


def test_tally_is_the_line_that_scripts_read():
    tally = Tally(imported=1, refused=2) + Tally(updated=3, unchanged=4)

    assert str(tally) == "imported 1, updated 3, unchanged 4, refused 2"
    assert str(tally.undone()) == "imported 0, updated 0, unchanged 0, refused 10"
