from aftersales.lib.errors import InvalidValue, Refused


def test_refused_carries_what_the_doors_show():
    refused = Refused("今日申请已满", code="daily_limit", field="amount", details={"limit_fen": 20000})

    assert (str(refused), refused.message, refused.code, refused.field, refused.details) == (
        "今日申请已满",
        "今日申请已满",
        "daily_limit",
        "amount",
        {"limit_fen": 20000},
    )


def test_refused_without_details_has_its_own_empty_ones():
    first, second = Refused("a", code="a"), Refused("b", code="b")

    first.details["x"] = 1

    assert (second.details, second.field) == ({}, None)


def test_refused_words_a_lazy_message_late():
    class Lazy:
        def __str__(self):
            return "worded"

    assert str(Refused(Lazy(), code="lazy")) == "worded"


def test_invalid_value_is_a_value_error_with_a_code():
    error = InvalidValue("too_large", "the number is too large")

    assert isinstance(error, ValueError)
    assert (error.code, str(error)) == ("too_large", "the number is too large")
