"""One text for one content, and its fingerprint."""

import pytest

from aftersales.lib.canonical import canonical, sha256


def test_the_order_of_keys_does_not_matter_and_signs_stay_themselves():
    text = canonical({"b": [1, None, "修文县"], "a": {"d": True, "c": "\u2028"}})

    assert text == '{"a":{"c":"\u2028","d":true},"b":[1,null,"修文县"]}'
    assert text == canonical({"a": {"c": "\u2028", "d": True}, "b": [1, None, "修文县"]})


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_json_does_not_know_is_refused(number):
    with pytest.raises(ValueError):
        canonical({"figure": number})


def test_a_fingerprint_is_that_of_the_text_in_utf_8():
    assert sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert sha256("修文县") == "0b6de80e6dc3b3c4834e34fe32173cc546bca36d518a43b8b1f27e7b2da58bd0"
