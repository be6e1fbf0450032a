"""What to put into the parameters of the addresses of learning, as in tests/rights/examples.py."""

TRAINING_PARAMETERS: dict[str, dict[str, str]] = {
    "training:person_record": {"pk": "agent"},
}
